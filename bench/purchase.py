"""W1: a purchase over REST, with rules, tier, idempotency and all, against a view that makes one SQL call."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from psycopg2.extras import execute_values

from bench import databases, web
from bench.figures import Comparison
from core import clock
from core import programme as programmes
from members import numbers
from points import expiry
from tiers import review

HERE = Path(__file__).parent
KEY = "bench0001.secret"


def measure(*, members: int = 20_000, rounds: int = 3, seconds: int = 10) -> list[Comparison]:
    """Both under wrk in turn, ROUNDS times, SECONDS each, after a warm-up; each member has about 50 purchases."""
    sizes = {"members": members, "lots": members * 50, "purchases": members * 50}
    databases.floor("bench_floor", members=members, purchases=members * 50, lots=members * 50)
    databases.ours("bench_ours", "programme", "lots", "till", "days", **sizes)
    make_ready("bench_ours")
    against = "one-call view"
    result = Comparison(f"W1 purchase against the {against}", "requests/s", 0.45, higher_is_better=True)
    result.settings = web.settings(members)
    with TemporaryDirectory() as folder:
        drawn = Path(folder) / "numbers"
        drawn.write_text("\n".join(row[0] for row in databases.run("bench_ours", "select number from members_member")))
        ours_needs = {"WNUMBERS": str(drawn), "WKEY": KEY}
        floor_needs = {"WMEMBERS": str(members)}
        with (
            web.serving("wsgi:application", folder=HERE / "floors/floor", environment=floor_environment()) as floor,
            web.serving("loyalty_site.wsgi:application", folder=HERE.parent, environment=our_environment()) as ours,
        ):
            script = HERE / "floors/wrk.lua"
            web.in_turn(
                result,
                rounds,
                floor=lambda: web.wrk(f"{floor}/onecall", script, seconds=seconds, environment=floor_needs),
                ours=lambda _round: web.wrk(ours, HERE / "purchase.lua", seconds=seconds, environment=ours_needs),
            )
    for name in ("bench_floor", "bench_ours"):
        databases.drop(name)
    return [result]


def make_ready(name: str) -> None:
    """Make it a shop as it is after a year: what is due has expired, tiers are held, members are numbered.

    Without it, sales would expire points, every member's first sale would raise a tier, and tills would refuse numbers.
    """
    databases.use(name)
    now = clock.now()
    expiry.expire_due(now)
    review.review(clock.business_date(now, programmes.current()), at=now)
    databases.use("postgres")
    ids = [row[0] for row in databases.run(name, "select id from members_member")]
    drawn = {numbers.draw() for _ in range(len(ids) * 2)}
    pairs = list(zip(ids, drawn, strict=False))
    with databases.connected(name) as link, link.cursor() as cursor:
        for sql in ("update members_card c set number = v.n", "update members_member c set number = v.n"):
            key = "member_id" if "card" in sql else "id"
            execute_values(cursor, f"{sql} from (values %s) as v(id, n) where c.{key} = v.id", pairs, page_size=5000)
    databases.run(name, "vacuum analyze", "checkpoint")


def floor_environment() -> dict[str, str]:
    found = databases.parameters("bench_floor")
    return {
        "PGDATABASE": "bench_floor",
        "PGUSER": found["user"],
        "PGHOST": found["host"],
        "PGPORT": str(found["port"] or 5432),
        "PGPASSWORD": found["password"] or "",
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": str(HERE / "floors/floor"),
    }


def our_environment() -> dict[str, str]:
    """Production settings, but for the limit that a till stays under."""
    return {
        "DATABASE_URL": databases.url("bench_ours"),
        "DEBUG": "false",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "BEHIND_PROXY": "true",
        "API_RATE_LIMIT": "100000000",
        "LOG_LEVEL": "WARNING",
    }
