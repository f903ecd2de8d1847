"""W6: planning the greetings of a day's birthdays, solar and lunar, against one indexed INSERT … SELECT."""

from datetime import UTC, datetime

from bench import databases
from bench.figures import Comparison, seconds
from campaigns import planning
from campaigns.models import Greeting

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)  # the 16th of the fourth lunar month
LEAN = """
    create table bench_greeting (
        id bigint generated always as identity primary key, member_id bigint not null, channel text not null,
        key text not null, day date not null, due_at timestamptz not null, unique (member_id, channel, key)
    )
"""
FLOOR = """
    insert into bench_greeting (member_id, channel, key, day, due_at)
    select id, 'email', 'birthday:2026', date '2026-06-01', timestamptz '2026-06-01 08:00+00'
    from members_member
    where (birth_month, birth_day, birth_calendar) in ((6, 1, 'solar'), (4, 16, 'lunar'))
    on conflict do nothing
"""


def measure(*, members: int = 1_000_000, rounds: int = 3) -> list[Comparison]:
    """Plan the birthdays among MEMBERS, six of ten willing, each round on a fresh copy of the database."""
    databases.ours("bench_ours", "programme", "till", "birthdays", members=members)
    databases.use("bench_ours")
    Greeting.objects.create(name="Birthday", kind="birthday", is_active=True, subject="Hello", body="Hello")
    databases.use("postgres")
    databases.run("bench_ours", LEAN, "vacuum analyze", "checkpoint")
    result = Comparison("W6 birthdays of a day", "s", 3.0, higher_is_better=False)
    planned = 0
    for _round in range(rounds):
        databases.copy("bench_copy", "bench_ours")
        result.floor.append(seconds(lambda: databases.run("bench_copy", FLOOR)))
        databases.copy("bench_copy", "bench_ours")
        databases.use("bench_copy")
        planning._zones()  # read once by each worker
        result.ours.append(seconds(lambda: planning.plan(at=AT)))
        planned = Greeting.objects.get().occasions.count()
        databases.use("postgres")
    result.settings = f"{members:,} members, {planned:,} birthdays"
    for name in ("bench_copy", "bench_ours"):
        databases.drop(name)
    return [result]
