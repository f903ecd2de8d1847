"""The whole story of a member, as far as whoever asks may see it. Read only; one or two statements a chapter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from access.models import AuditEntry
from campaigns import audiences
from campaigns.models import Segment
from core import once, words
from members import birthdays, consent
from members.models import Member
from messaging.models import Message
from points import queries
from points.models import Lot, PointType, Posting
from points.queries import Balance, Due, Entry
from pos import queries as sales
from pos.models import Settlement
from pos.queries import Origin
from rewards import codes
from rewards import queries as rewards
from rewards.models import Voucher
from sales.models import Purchase
from tiers import ladder, qualification
from tiers.models import TierChange
from tiers.qualification import Progress

SHOWN = 20
# What time did has no reasons of its own: it is told by the purchases whose points they were.
BY_TIME = (Posting.Kind.MATURE, Posting.Kind.EXPIRE)
MOST_ORIGINS = 5


@dataclass(frozen=True, slots=True)
class Pot:
    """What a member has of one point type, what expires or matures when, and the latest postings."""

    point_type: PointType
    balance: Balance
    expiring: Sequence[Due]
    maturing: Sequence[Due]
    entries: Sequence[tuple[Entry, str, Sequence[Origin]]] = ()  # with the name of its kind, and where it came from
    lots: Sequence[Lot] = ()


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase and the points it earned, as (points, name of the point type)."""

    purchase: Purchase
    earned: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Claim:
    """A voucher as it stands now: what it is for, how it ends in, its state and what that is called."""

    voucher: Voucher
    name: str
    code: str
    state: str
    called: str


@dataclass(slots=True)
class Story:
    """The chapters of a member's page. A chapter that is None may not be seen."""

    member: Member
    birthday: str
    pots: Sequence[Pot] | None = None
    progress: Progress | None = None
    changes: Sequence[TierChange] | None = None
    purchases: Sequence[Bought] | None = None
    vouchers: Sequence[Claim] | None = None
    messages: Sequence[Message] | None = None
    cards: Sequence[Any] | None = None
    consents: Sequence[Any] | None = None
    acceptances: Sequence[Any] | None = None
    trail: Sequence[AuditEntry] | None = None
    segments: Sequence[Segment] | None = None
    may: set[str] = field(default_factory=set)


def of(member: Member, user: AbstractBaseUser | AnonymousUser, *, at: datetime) -> Story:
    """The story of MEMBER as of AT, for USER."""
    may: set[str] = user.get_all_permissions()  # type: ignore[union-attr]
    birthday = birthdays.of(member)
    told = Story(member, birthdays.written(birthday) if birthday else "", may=may)
    if "points.view_account" in may:
        told.pots = _pots(member, at, may)
    if "tiers.view_standing" in may:
        told.progress = _progress(member, at)
    if "tiers.view_tierchange" in may:
        changes = TierChange.objects.filter(member=member).select_related("from_tier", "to_tier")
        told.changes = list(changes.order_by("-id")[:SHOWN])
    if "sales.view_purchase" in may:
        told.purchases = _purchases(member)
    if "rewards.view_voucher" in may:
        told.vouchers = _vouchers(member, at)
    if "messaging.view_message" in may:
        told.messages = list(Message.objects.filter(member=member).order_by("-id")[:SHOWN])
    if "campaigns.view_segment" in may:
        told.segments = audiences.around(member)
    _add_papers(told, member, may)
    if "access.view_auditentry" in may:
        trail = AuditEntry.objects.filter(subject=f"member:{member.pk}").select_related("actor")
        told.trail = list(trail.order_by("-at")[:SHOWN])
    return told


def _add_papers(told: Story, member: Member, may: set[str]) -> None:
    if "members.view_card" in may:
        told.cards = list(member.cards.order_by("-issued_at"))
    if "members.view_consent" in may:
        told.consents = list(consent.current(member).values())
    if "members.view_acceptance" in may:
        told.acceptances = list(member.acceptances.select_related("wording").order_by("-at")[:SHOWN])


def _pots(member: Member, at: datetime, may: set[str]) -> list[Pot]:
    held = queries.balances(member.pk, at)
    pots = []
    for point_type in PointType.objects.order_by("-is_default", "code"):
        if point_type.pk not in held and not point_type.is_default:
            continue
        lots = Lot.objects.filter(account__member=member, account__point_type=point_type, is_open=True)
        pots.append(
            Pot(
                point_type=point_type,
                balance=held.get(point_type.pk, Balance()),
                expiring=queries.expiring(member.pk, at, point_type_id=point_type.pk)[:3],
                maturing=queries.maturing(member.pk, at, point_type_id=point_type.pk)[:3],
                entries=_entries(member, point_type) if "points.view_posting" in may else (),
                lots=list(lots.order_by("expires_at", "id")[:SHOWN]) if "points.view_lot" in may else (),
            )
        )
    return pots


def _entries(member: Member, point_type: PointType) -> list[tuple[Entry, str, Sequence[Origin]]]:
    names = dict(Posting.Kind.choices)
    found = queries.history(member.pk, point_type_id=point_type.pk, limit=SHOWN)
    of_time = [entry.id for entry in found if entry.kind in BY_TIME]
    origins = sales.origins(of_time, MOST_ORIGINS)
    return [(entry, str(names[entry.kind]), origins.get(entry.id, ())) for entry in found]


def _progress(member: Member, at: datetime) -> Progress | None:
    """None before the programme has tiers."""
    try:
        return qualification.progress(member.pk, at)
    except ladder.NoLadder:
        return None


def _purchases(member: Member) -> list[Bought]:
    found = Purchase.objects.filter(member=member).select_related("store").order_by("-occurred_at")[:SHOWN]
    purchases = list(found)
    earned: dict[int, list[tuple[int, str]]] = {}
    names = once.read("point types", lambda: {row.pk: row.name_plural for row in PointType.objects.all()})
    for settled in Settlement.objects.filter(purchase__in=purchases, posting__isnull=False).select_related("posting"):
        if settled.posting:
            earned.setdefault(settled.purchase_id, []).append((settled.posting.points, names[settled.point_type_id]))
    return [Bought(purchase, earned.get(purchase.pk, ())) for purchase in purchases]


def _vouchers(member: Member, at: datetime) -> list[Claim]:
    return [
        Claim(
            voucher=voucher,
            name=words.in_language(voucher.names),
            code=codes.masked(voucher.code),
            state=voucher.state_at(at),
            called=str(Voucher.State(voucher.state_at(at)).label),
        )
        for voucher in rewards.vouchers(member.pk, limit=SHOWN)
    ]
