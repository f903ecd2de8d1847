"""The demo's data: a part of a real shop's year, as it was."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from pos.history import lines, plan
from pos.history.lines import FileLine, Survey
from pos.history.plan import Event, Rest, Sale

DATA = Path(__file__).with_name("receipts.csv.gz")
ZONE = ZoneInfo("Europe/London")
FAITHFUL_WITHIN = timedelta(days=60)


@dataclass(frozen=True)
class Year:
    """The shop's year: sales and returns in order of time, and the rest that is neither."""

    events: Sequence[Event]
    rest: Sequence[Rest]
    survey: Survey
    begins_at: datetime
    ends_at: datetime

    @cached_property
    def sales(self) -> list[Sale]:
        return [event for event in self.events if isinstance(event, Sale)]

    @cached_property
    def first_at(self) -> dict[str, datetime]:
        """When each customer first bought something, by the shop's clock."""
        found: dict[str, datetime] = {}
        for sale in self.sales:
            if sale.customer:
                found.setdefault(sale.customer, sale.at)
        return found

    @cached_property
    def customers(self) -> list[str]:
        """Who bought, the most faithful first: those who bought lately before the others, then by their receipts."""
        receipts = Counter(sale.customer for sale in self.sales if sale.customer)
        last = {sale.customer: sale.at for sale in self.sales}
        lately = self.ends_at - FAITHFUL_WITHIN
        return sorted(receipts, key=lambda customer: (last[customer] < lately, -receipts[customer], customer))

    def products(self) -> list[FileLine]:
        """One line of each product: the first one sold."""
        found: dict[str, FileLine] = {}
        for sale in self.sales:
            for sold in sale.lines:
                found.setdefault(sold.line.sku, sold.line)
        return list(found.values())


def read(path: Path = DATA) -> Year:
    """Read the data and make sales and returns of it."""
    survey = lines.survey(path)
    rest: list[Rest] = []
    events = list(plan.events(lines.read(path), survey, currency="GBP", rest=rest.append))
    if survey.first_at is None or survey.last_at is None:
        raise lines.UnreadableFile(line=1, problem="it is empty")
    return Year(events, rest, survey, survey.first_at, survey.last_at)
