"""W3: a redemption over REST, with proof, catalogue, idempotency and all, against a view that makes one SQL call."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import databases, web
from bench.figures import Comparison
from bench.purchase import KEY, floor_environment, make_ready, our_environment
from core import clock
from rewards import proofs

HERE = Path(__file__).parent
BAR = 0.5
# Codes are written for the half minute that begins now or has begun, and are taken for half a minute more.
LONGEST_RUN = 20


def measure(*, members: int = 20_000, rounds: int = 3, seconds: int = 10) -> list[Comparison]:
    """Both under wrk in turn, ROUNDS times, SECONDS each, after a warm-up; each member has about 50 lots."""
    seconds = min(seconds, LONGEST_RUN)
    databases.floor("bench_floor", members=members, purchases=members * 10, lots=members * 50)
    sizes = {"members": members, "lots": members * 50, "purchases": members * 10}
    databases.ours("bench_ours", "programme", "lots", "till", "days", "rewards", **sizes)
    make_ready("bench_ours")
    result = Comparison("W3 redemption against the one-call view", "requests/s", BAR, higher_is_better=True)
    result.settings = web.settings(members)
    people = databases.run("bench_ours", "select id, number from members_member order by random()")
    floor_settings = {
        **floor_environment(),
        "DJANGO_SETTINGS_MODULE": "redeem_settings",
        "PYTHONPATH": f"{HERE / 'floors/floor'}:{HERE / 'redeeming'}",
    }
    with (
        TemporaryDirectory() as folder,
        web.serving("wsgi:application", folder=HERE / "floors/floor", environment=floor_settings) as floor,
        web.serving("loyalty_site.wsgi:application", folder=HERE.parent, environment=our_environment()) as ours,
    ):
        scripts, shown = HERE / "redeeming", Path(folder) / "shown"
        floor_needs, our_needs = {"WMEMBERS": str(members)}, {"WSHOWN": str(shown), "WKEY": KEY}

        def by_ours(round_: int) -> web.Load:
            _show(shown, people[round_ :: rounds + 1], at=clock.now())
            return web.wrk(ours, scripts / "ours.lua", seconds=seconds, environment=our_needs)

        web.in_turn(
            result,
            rounds,
            floor=lambda: web.wrk(f"{floor}/redeem", scripts / "floor.lua", seconds=seconds, environment=floor_needs),
            ours=by_ours,
        )
    for name in ("bench_floor", "bench_ours"):
        databases.drop(name)
    return [result]


def _show(path: Path, people: list[tuple[int, str]], *, at: datetime) -> None:
    """What these members' phones show at that moment: others each round, as a code is taken once in its half minute.

    The salts are those of fill/rewards.sql.
    """
    path.write_text(
        "\n".join(proofs.qr_text(number, sha256(str(pk).encode()).digest(), at=at) for pk, number in people)
    )
