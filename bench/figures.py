"""Timing two things in turn, and saying how they compare."""

import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Comparison:
    """Figures of a floor and of ours, taken in turn. `bar` is what the ratio is held to: at least, or at most."""

    name: str
    unit: str
    bar: float
    higher_is_better: bool
    floor: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    settings: str = ""

    @property
    def ratios(self) -> list[float]:
        return [ours / floor for ours, floor in zip(self.ours, self.floor, strict=True)]

    @property
    def holds(self) -> bool:
        ratio = statistics.median(self.ratios)
        return ratio >= self.bar if self.higher_is_better else ratio <= self.bar

    def __str__(self) -> str:
        sign = "≥" if self.higher_is_better else "≤"
        verdict = "holds" if self.holds else "MISSED"
        return (
            f"{self.name} ({self.settings})\n"
            f"    floor  {_three(self.floor)} {self.unit}\n"
            f"    ours   {_three(self.ours)} {self.unit}\n"
            f"    ratio  {_three(self.ratios)}   bar {sign} {self.bar:g}: {verdict}\n"
        )


def _three(values: Sequence[float]) -> str:
    if not values:
        return "-"
    return f"min {min(values):10.3f}  median {statistics.median(values):10.3f}  max {max(values):10.3f}"


def seconds(work: Callable[[], object]) -> float:
    """How long WORK took, by the wall clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def machine() -> str:
    """What these figures were taken on, without naming it."""
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        model = f"{len(names)} × {names[0]}" if names else model
    return f"{model}, {platform.system()} {platform.release()}, Python {platform.python_version()}"
