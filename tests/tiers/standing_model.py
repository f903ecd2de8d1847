"""The rules of standing once more, in loops over single days that anyone can follow.

`Model` is the process: what a purchase, a return, a gift, the passing of time do to what is held. `lived_through` is
the plain meaning for purchases alone: a member's life day by day, everything seen on its day and reviewed every night.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from dateutil.relativedelta import relativedelta

DAY = timedelta(days=1)
Days = Mapping[date, int]


@cache
def _begin(kind: str, months: int, on: date) -> date:
    if kind == "rolling":
        return on - relativedelta(months=months)
    return date(on.year, (on.month - 1) // months * months + 1, 1) - DAY


@dataclass(frozen=True)
class Scheme:
    """Thresholds from the second-lowest rung upwards, and the window."""

    thresholds: tuple[int, ...]
    kind: str
    months: int

    @property
    def top(self) -> int:
        return len(self.thresholds)

    def threshold(self, step: int) -> int:
        return self.thresholds[step - 1]

    def begin(self, on: date) -> date:
        """The last day before the window on date ON."""
        return _begin(self.kind, self.months, on)

    def total(self, days: Days, on: date) -> int:
        """What the window on date ON holds."""
        begin = self.begin(on)
        return sum(value for day, value in days.items() if begin < day <= on)

    def lapse(self, days: Days, step: int, since: date) -> date | None:
        """The date after the last one, from SINCE on, whose window reaches the step; None where there is none."""
        last = None
        on = since
        while on <= max(days, default=since) + relativedelta(months=self.months, days=31):
            if self.total(days, on) >= self.threshold(step):
                last = on
            on += DAY
        return last + DAY if last else None


def month_after(day: date) -> date:
    """The end of the month after DAY's."""
    return day + relativedelta(months=1, day=31)


@dataclass
class Change:
    to_step: int
    cause: str
    reference: str = ""
    from_step: int = 0
    from_lapses_on: date | None = None


@dataclass
class Model:
    scheme: Scheme
    days: Counter[date] = field(default_factory=Counter)
    step: int = 0
    lapses_on: date | None = None
    valid_until: date | None = None
    floor: date | None = None
    given: tuple[int, date] | None = None
    changes: list[Change] = field(default_factory=list)

    def until(self, step: int, lapses_on: date | None) -> date | None:
        """How long a standing lasts whose window lapses then."""
        ends = [month_after(lapses_on)] if lapses_on else []
        if self.given and self.given[0] >= step:
            ends.append(self.given[1])
        return max(ends, default=None)

    def put(self, step: int, lapses_on: date | None, cause: str, reference: str = "") -> None:
        if step != self.step:
            self.changes.append(Change(step, cause, reference, self.step, self.lapses_on))
        self.step = step
        self.lapses_on = lapses_on if step else None
        self.valid_until = self.until(step, lapses_on) if step else None

    def pass_time(self, today: date) -> None:
        """Step down as long as what is held has run out."""
        while self.valid_until and self.valid_until < today:
            begins = self.valid_until + DAY
            if self.given and self.given[1] < begins:
                self.given = None
            below = self.step - 1
            lapses = self.scheme.lapse(self.days, below, begins) if below else None
            self.put(below, max(lapses or begins, begins), "review")
            self.floor = begins if below else None

    def purchase(self, reference: str, day: date, value: int, today: date) -> None:
        self.pass_time(today)
        self.days[day] += value
        self._settle(day, today, self.step, self.lapses_on, self.scheme.top, "purchase", reference)

    def give_back(self, reference: str, day: date, value: int, today: date) -> None:
        """A return of goods of the purchase of that reference, bought on DAY."""
        self.pass_time(today)
        self.days[day] -= value
        last = self.changes[-1] if self.changes else Change(0, "")
        if (last.to_step, last.cause, last.reference) == (self.step, "purchase", reference):
            self._settle(day, today, last.from_step, last.from_lapses_on, self.step, "return", reference)
        elif self.step:
            self._lapse_without_the_goods(today)
        self.pass_time(today)

    def _lapse_without_the_goods(self, today: date) -> None:
        """As if they had never been bought; but today, where the standing would have run out by now."""
        since = today.replace(day=1) - relativedelta(months=1) - DAY
        lapse = self.scheme.lapse(self.days, self.step, since)
        lapses = max((d for d in (lapse, self.floor) if d), default=None)
        until = self.until(self.step, lapses)
        if not until or until < today:
            lapses = self.lapses_on and min(self.lapses_on, today)
            if lapses != self.lapses_on:
                self.floor = lapses
        self.put(self.step, lapses, "return")

    def give(self, step: int, on: date, until: date) -> None:
        self.pass_time(on)
        self.given = (step, until)
        if step > self.step:
            self.floor = None
            self.put(step, None, "staff")
        else:
            self.valid_until = self.until(self.step, self.lapses_on)

    def _settle(
        self, day: date, today: date, base: int, base_lapses: date | None, top: int, cause: str, reference: str
    ) -> None:
        """The highest rung up to TOP that the days carry until today; or BASE, which lapses today if they don't."""
        begins: date | None = None
        for step in range(top, max(base, 1) - 1, -1):
            lapse = self.scheme.lapse(self.days, step, min(day, today))
            dates = [lapse, begins]
            if step == base and base_lapses:
                dates.append(min(base_lapses, today))
            lapses = max((d for d in dates if d), default=None)
            until = self.until(step, lapses)
            if step == base or (until and until >= today):
                if step != self.step:
                    self.floor = lapses if lapses != lapse else None
                elif lapses not in (lapse, self.lapses_on):
                    self.floor = lapses
                self.put(step, lapses, cause, reference)
                return
            begins = until + DAY if lapses and until else None
        self.floor = None
        self.put(0, None, cause, reference)


def lived_through(scheme: Scheme, days: Days, today: date) -> tuple[int, date | None, date | None]:
    """What a member holds TODAY who bought on these days: step, lapse and end of the standing."""
    step, lapses, until = 0, None, None
    on = min(days, default=today)
    while on <= today:
        if until and until < on:
            step -= 1
            lapses = max(scheme.lapse(days, step, on) or on, on) if step else None
            until = month_after(lapses) if lapses else None
        if on in days:
            seen = {day: value for day, value in days.items() if day <= on}
            reached = [s for s in range(1, scheme.top + 1) if scheme.total(seen, on) >= scheme.threshold(s)]
            if reached and reached[-1] >= step:
                step = reached[-1]
                lapses = scheme.lapse(seen, step, on)
                assert lapses
                until = month_after(lapses)
        on += DAY
    return step, lapses, until
