"""How fast messages follow each other."""

from __future__ import annotations

import re
import time
from collections.abc import Callable


class Pace:
    """So many messages in a second, and no more."""

    def __init__(
        self,
        per_second: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._apart = 1 / per_second if per_second else 0.0
        self._clock, self._sleep, self._next = clock, sleep, clock()

    def wait(self) -> None:
        """Until the next message may go."""
        if not self._apart:
            return
        ahead = self._next - self._clock()
        if ahead > 0:
            self._sleep(ahead)
        self._next = max(self._next, self._clock()) + self._apart


def is_rate(text: str) -> bool:
    """Whether a setting says how many messages go in a second, such as 10 or 0.5."""
    return re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", text) is not None and float(text) > 0
