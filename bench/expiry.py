"""W4: expiring a tenth of all lots, in chunks, accounts first, against one set-based statement."""

from datetime import UTC, datetime

from bench import databases
from bench.figures import Comparison, seconds
from points import expiry, verification

TODAY = datetime(2026, 6, 1, tzinfo=UTC)


def measure(*, members: int = 1_000_000, lots: int = 10_000_000, rounds: int = 3) -> list[Comparison]:
    """Expire the due tenth of LOTS of MEMBERS, each round on fresh copies of both databases."""
    databases.floor("bench_floor", members=members, purchases=1, lots=lots)
    databases.ours("bench_ours", "programme", "lots", members=members, lots=lots)
    result = Comparison("W4 expiry", "s", 2.0, higher_is_better=False, settings=f"{members:,} members, {lots:,} lots")
    statement = (databases.FLOORS / "sql/w4_set.sql").read_text()
    for _round in range(rounds):
        databases.copy("bench_copy", "bench_floor")
        result.floor.append(seconds(lambda: databases.run("bench_copy", statement)))
        databases.copy("bench_copy", "bench_ours")
        databases.use("bench_copy")
        result.ours.append(seconds(lambda: expiry.expire_due(TODAY)))
        databases.use("postgres")
    databases.use("bench_copy")
    assert verification.faults() == []
    databases.use("postgres")
    for name in ("bench_copy", "bench_floor", "bench_ours"):
        databases.drop(name)
    return [result]
