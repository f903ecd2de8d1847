"""What a process keeps of the programme's configuration until its revision changes."""

from collections.abc import Callable
from typing import Generic, TypeVar

from core.models import Programme

Thing = TypeVar("Thing")


class PerRevision(Generic[Thing]):
    """Something compiled from the configuration: loaded once per revision of the programme, then shared.

    Every change of settings, rules or tiers gives the programme a new revision (a trigger sees to it), so that no
    process prices by what is no longer valid. Two threads may load the same revision at once: both get the same.
    """

    _all: "list[PerRevision[object]]" = []  # noqa: RUF012 - the one list of all that is kept

    def __init__(self, load: Callable[[Programme], Thing]) -> None:
        self._load = load
        self._kept: tuple[int, Thing] | None = None
        self._all.append(self)  # type: ignore[arg-type]

    def __call__(self, programme: Programme) -> Thing:
        kept = self._kept
        if kept is None or kept[0] != programme.revision:
            kept = self._kept = (programme.revision, self._load(programme))
        return kept[1]

    @classmethod
    def forget_all(cls) -> None:
        """Forget everything: for a process whose database was exchanged under it."""
        for one in cls._all:
            one._kept = None
