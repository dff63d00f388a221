"""Note: words between questions. It asks nothing and stores nothing.

Its text may hold fills like any other.

    - id: about_you
      type: note
      text: Two last questions, {unit.first_name|if you do not mind}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Value
from surveylab.questions import Entered, Identifies, Person
from surveylab.words import Language

IDENTIFIES = Identifies.NOTHING


@dataclass(frozen=True)
class Settings:
    """Nothing to set."""

    def columns(self, item: str) -> tuple[str, ...]:  # noqa: ARG002  # the same question as to every type
        """No columns."""
        return ()

    def option_order(self) -> tuple[str, ...]:
        """No options."""
        return ()


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:  # noqa: ARG001
    """No controls."""
    return {}


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:  # noqa: ARG001
    """No answers."""
    return {}


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:  # noqa: ARG001
    """No controls."""
    return {}


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:  # noqa: ARG001
    """Read, not answered."""
    return {}
