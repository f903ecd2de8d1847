"""Starting again who only carries work: they hold nothing of their own, and what they left is taken up anew."""

import time
from collections import defaultdict, deque

from loyalty_site.launch import readiness
from loyalty_site.launch.processes import Household
from loyalty_site.launch.progress import say

CARRIERS = ("worker", "beat")
# Who dies again and again has a reason that starting anew does not mend.
MOST_TIMES = 3
WITHIN_SECONDS = 600.0


class Revivals:
    """How often each was started again of late."""

    def __init__(self) -> None:
        self._moments: dict[str, deque[float]] = defaultdict(deque)

    def tend(self, household: Household) -> None:
        """Start worker and beat again when they died, saying so, up to three times in ten minutes each.

        Raises Problem when another process is gone that the site needs, and when it has been too often.
        """
        while child := household.dead():
            if child.name not in CARRIERS or not self._has_another(child.name):
                readiness.raise_if_dead(household)
            ending = child.ending
            household.revive(child)
            count = len(self._moments[child.name])
            say(f"  {child.name} {ending}. It was started again ({count} of {MOST_TIMES}), see {child.log}.")

    def _has_another(self, name: str) -> bool:
        now = time.monotonic()
        moments = self._moments[name]
        while moments and moments[0] <= now - WITHIN_SECONDS:
            moments.popleft()
        if len(moments) == MOST_TIMES:
            return False
        moments.append(now)
        return True
