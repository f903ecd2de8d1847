"""W9: planning a broadcast to everybody, against COPY of as many rows into a table that is indexed alike."""

import io
from datetime import UTC, date, datetime

from bench import databases
from bench.figures import Comparison, seconds
from campaigns import audiences, planning
from campaigns.models import Broadcast, Occasion, Segment

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
EVERYBODY = {"join": "all", "parts": [{"about": "status", "how": "is", "codes": ["active"]}]}
LEAN = """
    create table bench_copied (like campaigns_occasion including defaults including identity);
    alter table bench_copied add primary key (id), add unique (member_id, channel, key),
        add unique (greeting_id, member_id, key);
    create index on bench_copied (priority, due_at, id) where state = 'planned';
    create index on bench_copied (ends_at) where state = 'planned'
"""
COLUMNS = (
    'greeting_id, member_id, channel, key, "on", time_zone, due_at, ends_at, priority, about, state, reason, '
    "points, planned_at"
)  # fmt: skip


def measure(*, members: int = 1_000_000, rounds: int = 3) -> list[Comparison]:
    """Plan a broadcast by inbox to MEMBERS, who are in the segment already, each round on a fresh copy."""
    databases.ours("bench_ours", "programme", "till", members=members)
    databases.use("bench_ours")
    segment = Segment(code="everybody", name="Everybody", conditions=EVERYBODY)
    audiences.save(segment, at=AT)
    Broadcast.objects.create(
        name="News", kind="broadcast", is_active=True, channel="inapp", on=date(2026, 6, 1), segment=segment,
        subject="News", body="News", hold_out=10,
    )  # fmt: skip
    databases.use("postgres")
    databases.run("bench_ours", LEAN, "vacuum analyze", "checkpoint")
    result = Comparison("W9 broadcast, planned", "s", 5.0, higher_is_better=False)
    result.settings = f"{members:,} members"
    for _round in range(rounds):
        databases.copy("bench_copy", "bench_ours")
        result.floor.append(_copied(members))
        databases.copy("bench_copy", "bench_ours")
        databases.use("bench_copy")
        planning._zones()  # read once by each worker
        result.ours.append(seconds(lambda: planning.plan(at=AT, seconds=3600)))
        assert Occasion.objects.count() == members
        databases.use("postgres")
    for name in ("bench_copy", "bench_ours"):
        databases.drop(name)
    return [result]


def _copied(members: int) -> float:
    """How long COPY takes for as many rows, made beforehand."""
    after = ["inapp", "broadcast:1", "2026-06-01", "UTC", "2026-06-01 09:00+00", "2026-06-02 00:00+00", "3", "{}"]
    row = "\t".join([*after, "planned", "", "0", AT.isoformat()])
    text = io.StringIO("".join(f"1\t{member}\t{row}\n" for member in range(1, members + 1)))
    with databases.connected("bench_copy") as link, link.cursor() as cursor:
        return seconds(lambda: cursor.copy_expert(f"copy bench_copied ({COLUMNS}) from stdin", text))
