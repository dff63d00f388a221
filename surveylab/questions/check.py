"""Instructed response: a choice whose text says which answer to select.

Stored: the code as it was given, right or wrong. ``expected`` is the code that the text asks for; nothing
tells the respondent whether it was met (Meade and Craig 2012).

    - id: attention
      type: check
      text: To show that you read the questions, select “Agree” here.
      options: {1: Disagree, 2: Neither, 3: Agree}
      expected: "3"
      layout: list
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from surveylab.design.instrument import Item
from surveylab.questions import Entered, Identifies, Person, single
from surveylab.questions.single import entered, fields, parse

__all__ = ["Settings", "entered", "fields", "parse", "simulate"]

IDENTIFIES = Identifies.NOTHING


@dataclass(frozen=True, kw_only=True)
class Settings(single.Settings):
    """``expected``: the code of the option that the text asks for. ``options``: code -> text, in the order displayed.

    ``layout``: one below the other, side by side, or folded.
    """

    expected: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.expected not in self.options:
            raise ValueError(f"expected {self.expected!r} is not an option; there are: {', '.join(self.options)}")

    def bounds(self) -> None:
        """It rates nothing, whatever its codes are."""


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:
    """What is asked for; those who straightline did not read it and answer as if it were any single choice."""
    if person.straightlines:
        return single.simulate(item, person, rng)
    return {item.id: [cast("Settings", item.settings).expected]}
