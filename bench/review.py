"""W5: reviewing every member's tier over a year of purchases, against one set-based statement."""

from datetime import date

from bench import databases
from bench.figures import Comparison, seconds
from tiers import review

YESTERDAY = date(2026, 5, 31)
TODAY = date(2026, 6, 1)


def measure(*, members: int = 1_000_000, purchases: int = 10_000_000, rounds: int = 3) -> list[Comparison]:
    """Review MEMBERS over PURCHASES, all recomputed, each round on fresh copies of both databases."""
    databases.floor("bench_floor", members=members, purchases=purchases, lots=1)
    databases.ours("bench_ours", "programme", "till", "year", members=members, purchases=purchases)
    databases.use("bench_ours")
    review.review(YESTERDAY)
    databases.use("postgres")
    databases.run("bench_ours", "vacuum analyze", "checkpoint")
    result = Comparison("W5 review", "s", 2.0, higher_is_better=False)
    result.settings = f"{members:,} members, {purchases:,} purchases"
    statement = (databases.FLOORS / "sql/w5_full.sql").read_text()
    for _round in range(rounds):
        databases.copy("bench_copy", "bench_floor")
        result.floor.append(seconds(lambda: databases.run("bench_copy", statement)))
        databases.copy("bench_copy", "bench_ours")
        databases.use("bench_copy")
        result.ours.append(seconds(lambda: review.review(TODAY)))
        databases.use("postgres")
    for name in ("bench_copy", "bench_floor", "bench_ours"):
        databases.drop(name)
    return [result]
