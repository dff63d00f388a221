"""A small experiment in the ledger, for the tests of what happens to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Connection

from surveylab.design.factors import Arm, Factor, Level, full_factorial
from surveylab.store import cases, experiments


class Prenotice:
    """Wording by channel: plain email, plain sms, long email, long sms; two regions."""

    now = datetime(2025, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
    closes = now + timedelta(days=21)
    factors = (
        Factor("wording", ("items.a.text",), (Level("plain", (), Fraction(1, 3)), Level("long", (), Fraction(2, 3)))),
        Factor("channel", ("contact.channel",), (Level("email", (), Fraction(1, 2)), Level("sms", (), Fraction(1, 2)))),
    )
    arms: tuple[Arm, ...] = full_factorial(factors)

    def register(self, conn: Connection, slug: str = "prenotice") -> int:
        """The row of an experiment that is drawn and open."""
        stored = experiments.register(conn, slug, "d1", {f"{slug}.yaml": "format: 1\n"}, seed="s", at=self.now)
        experiments.mark_drawn(conn, stored.id, self.now, self.closes, "frame-digest")
        return stored.id

    def sample(self, n: int, arm: NDArray[np.intp] | None = None, **fields: NDArray[Any]) -> cases.NewCases:
        """``n`` cases u0000 ..., regions and arms in turn."""
        region = np.array(["north", "south"])[np.arange(n) % 2]
        stratum = np.char.add("region=", region)
        return cases.NewCases(
            unit=np.array([f"u{i:04}" for i in range(n)], dtype=np.str_),
            probability=np.where(region == "north", 0.5, 0.25),
            stratum=stratum,
            cluster=np.full(n, ""),
            psu=np.full(n, ""),
            block=stratum,
            arm=np.arange(n) % 4 if arm is None else arm,
            position=np.arange(n),
            fields={"region": region, **fields},
        )

    def draw(self, conn: Connection, n: int, slug: str = "prenotice", **sample: NDArray[Any]) -> int:
        """Register an experiment and write a sample of ``n`` cases; the experiment's row."""
        experiment = self.register(conn, slug)
        cases.insert_sample(
            conn, experiment, self.sample(n, **sample), self.arms, algorithm="blocked philox", at=self.now
        )
        return experiment

    def case_ids(self, conn: Connection, experiment: int) -> list[int]:
        """The cases in the order of their units."""
        return [case.id for case in cases.tokens(conn, experiment)]


@pytest.fixture
def prenotice() -> Prenotice:
    """The experiment; nothing of it is in a ledger yet."""
    return Prenotice()
