"""How far members are with challenges, counted by one SQL function from what they bought and brought back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from campaigns import challenges
from campaigns.models import Challenge
from core import clock, db
from core.models import Programme

COUNT = "select * from campaigns_challenge_progress(%s::bigint[], %s::bigint[], %s)"


@dataclass(frozen=True, slots=True)
class Progress:
    """One member with one challenge. COUNTED is everything so far, ROUNDS how often the member completed it.

    `purchase_id`: the latest purchase that counts.
    """

    challenge: Challenge
    member_id: int
    counted: Decimal
    rounds: int
    purchase_id: int | None

    @property
    def reached(self) -> Decimal:
        """How far the round is that goes on: nothing while goods are missing that came back after a completed one."""
        return min(max(self.counted - self.rounds * self.goal, Decimal(0)), self.goal)

    @property
    def goal(self) -> Decimal:
        return self.challenge.goal

    @property
    def missing(self) -> Decimal:
        """What is missing to the next completed round, also what came back of earlier ones."""
        return max((self.rounds + 1) * self.goal - self.counted, Decimal(0))

    @property
    def due(self) -> int:
        """How many rounds are full and not completed yet."""
        full = int(self.counted // self.goal)
        most = self.challenge.most_times
        return max(0, (full if most is None else min(full, most)) - self.rounds)

    @property
    def is_over(self) -> bool:
        """Whether the member completed it as often as a member may."""
        return self.challenge.most_times is not None and self.rounds >= self.challenge.most_times


def now(member_id: int | None, programme: Programme, *, at: datetime) -> list[Progress]:
    """How far a member is with the challenges of the day that they may still complete.

    One statement; none where nothing is on, or without member.
    """
    today = clock.business_date(at, programme)
    live = challenges.live(programme, today) if member_id else []
    found = of([member_id] if member_id else [], live, today=today)
    return [each for each in found if not each.is_over]


def of(members: Collection[int], wanted: Sequence[Challenge], *, today: date) -> list[Progress]:
    """How far MEMBERS are with the challenges WANTED, where their tier lets them take part.

    One statement; none for nobody. TODAY is the programme's business date: a run of weeks goes on until the end of the
    week after its latest.
    """
    if not members or not wanted:
        return []
    known = {one.pk: one for one in wanted}
    found = [
        Progress(
            known[row["challenge_id"]], row["member_id"], Decimal(row["counted"]), row["rounds"], row["purchase_id"]
        )
        for row in db.rows(COUNT, [sorted(members), list(known), today])
    ]
    place = {pk: number for number, pk in enumerate(known)}
    return sorted(found, key=lambda each: (each.member_id, place[each.challenge.pk]))
