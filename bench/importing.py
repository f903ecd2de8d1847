"""Importing a file of receipts in batches, against the same receipts posted one by one through the verbs."""

from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from bench import databases
from bench.figures import Comparison, seconds
from core import programme as programmes
from pos.history import lines, plan, posting
from pos.history.place import Place
from pos.history.plan import Event, Rest, Sale
from pos.history.report import Report
from sales.models import Terminal

DEMO = Path(__file__).parent.parent / "loyalty_site/demo/receipts.csv.gz"


def measure(*, file: Path = DEMO, rounds: int = 3) -> list[Comparison]:
    """Import FILE, and post its receipts one by one, in turn, each on a fresh copy of an empty programme.

    Members and products are there before the clock of the floor starts; ours enrols and lists them itself.
    """
    databases.ours("bench_ours", "programme", "till", members=1)
    result = Comparison("Import of receipts", "events/s", 4.0, higher_is_better=True)
    for _round in range(rounds):
        result.floor.append(_fresh(lambda place: _one_by_one(file, place)))
        result.ours.append(_fresh(lambda place: _import(file, place)))
    result.settings = f"{file.name}; floor: one by one through the verbs, in process"
    for name in ("bench_copy", "bench_ours"):
        databases.drop(name)
    return [result]


def _fresh(post: Callable[[Place], float]) -> float:
    """POST on a copy of the empty programme: sales and returns a second."""
    databases.copy("bench_copy", "bench_ours")
    databases.use("bench_copy")
    terminals = [Terminal.objects.select_related("store").get()]
    rate = post(Place(programmes.current(), terminals, ZoneInfo("Europe/London")))
    databases.use("postgres")
    return rate


def _import(file: Path, place: Place) -> float:
    events = len(_events(file, place))
    return events / seconds(lambda: posting.import_file(file, place, progress=_unseen))


def _one_by_one(file: Path, place: Place) -> float:
    events = _events(file, place)
    with transaction.atomic():
        posting._enrol(events, place)
        posting._list_products(events, place)
    return len(events) / seconds(lambda: _post(events, place))


def _post(events: Sequence[Event], place: Place) -> None:
    for event in events:
        with transaction.atomic():
            if isinstance(event, Sale):
                posting._sell([event], place, [])
            else:
                posting._bring_back([event], place, [])


def _events(file: Path, place: Place) -> list[Event]:
    found = lines.survey(file)
    return list(plan.events(lines.read(file), found, currency=place.programme.currency, rest=_unlisted))


def _unseen(line: int, report: Report) -> None:
    """Nobody watches."""


def _unlisted(rest: Rest) -> None:
    """Nobody reads what is not posted."""
