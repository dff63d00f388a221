"""Ranking: options put in order, the first the most.

Stored: the codes in the order of their ranks, joined by one space; a code has no space in it. Each
option has a list of ranks to select from: nothing is dragged. Each rank goes to one option, which the
server enforces. ``top: 3`` asks for the first three ranks only.

    - id: priorities
      type: ranking
      text: Which of these matter most to you?
      options: {price: The price, quality: The quality, service: The service}
      top: 2
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from wtforms import ValidationError
from wtforms.fields.core import UnboundField

from surveylab.design.instrument import Item
from surveylab.design.terms import Missing, Text, Value
from surveylab.questions import Entered, Identifies, Person
from surveylab.questions._answers import shown, stored
from surveylab.questions._controls import blank, control
from surveylab.questions._orders import OptionsOrdered
from surveylab.questions._settings import OneColumn, check_options
from surveylab.words import Language
from surveylab.words import entries as more
from surveylab.words import forms as words

IDENTIFIES = Identifies.NOTHING


@dataclass(frozen=True)
class Settings(OneColumn, OptionsOrdered):
    """``options``: code -> text, in the order displayed; ``top``: how many ranks, all by default."""

    options: Mapping[str, Text]
    top: int | None = None

    def __post_init__(self) -> None:
        check_options(self.options)
        self.check_order()
        if self.top is not None and not 1 <= self.top <= len(self.options):
            raise ValueError(f"top {self.top} does not fit {len(self.options)} options; write 1 to {len(self.options)}")

    def option_order(self) -> tuple[str, ...]:
        """The codes in the order displayed."""
        return tuple(self.options)

    def closed(self, item: str) -> Mapping[str, tuple[Value, ...]]:
        """The codes."""
        return {item: self.option_order()}

    @property
    def ranks(self) -> tuple[str, ...]:
        """The ranks that are given, as text, from "1"."""
        return tuple(str(rank) for rank in range(1, (self.top or len(self.options)) + 1))


def fields(item: Item, language: Language) -> Mapping[str, UnboundField[Any]]:
    """One control that takes ``rank code`` once for each rank.

    The rank stands with its code, so that the order in which options are displayed changes nothing.
    """
    settings = cast("Settings", item.settings)
    ranks = settings.ranks
    required = language.say(more.RANK_EACH, ranks=len(ranks)) if item.required else None
    known = {f"{rank} {code}" for code in settings.options for rank in ranks}

    def read(values: Sequence[str]) -> Value:
        chosen = [value for value in values if value]
        if not known.issuperset(chosen):
            raise ValidationError(language.say(words.SELECT_SHOWN))
        if not chosen:
            return blank(required)
        by_rank, codes = Counter(value.split()[0] for value in chosen), Counter(value.split()[1] for value in chosen)
        twice = next((rank for rank in ranks if by_rank[rank] > 1), None)
        if twice:
            raise ValidationError(language.say(more.RANK_ONCE, rank=twice))
        lacking = next((rank for rank in ranks if not by_rank[rank]), None)
        if lacking:
            raise ValidationError(language.say(more.RANK_LACKS, rank=lacking))
        if len(codes) < len(chosen):
            raise ValidationError(language.say(more.RANK_EACH, ranks=len(ranks)))
        return " ".join(value.split()[1] for value in sorted(chosen, key=lambda value: int(value.split()[0])))

    return {item.id: control(read)}


def parse(item: Item, data: Mapping[str, Any]) -> Mapping[str, Value | Missing]:
    """The codes in the order of their ranks, joined by one space."""
    return stored(item, data)


def entered(item: Item, answers: Mapping[str, Value | Missing]) -> Entered:
    """``rank code`` for each option that has a rank, in the order of the options."""
    settings = cast("Settings", item.settings)
    ranked = {column: codes[0].split() if codes else [] for column, codes in shown(item, answers).items()}
    return {
        column: [f"{codes.index(code) + 1} {code}" for code in settings.options if code in codes]
        for column, codes in ranked.items()
    }


def simulate(item: Item, person: Person, rng: np.random.Generator) -> Entered:
    """The options as listed by those who straightline, else by their place in the list and by chance."""
    settings = cast("Settings", item.settings)
    codes = list(settings.options)
    if not person.straightlines:
        liking = -np.arange(len(codes)) / len(codes) + rng.gumbel(size=len(codes))  # a Plackett-Luce ranking
        codes = [codes[place] for place in np.argsort(-liking, kind="stable")]
    ranks = dict(zip(codes, settings.ranks, strict=False))
    return {item.id: [f"{ranks[code]} {code}" for code in settings.options if code in ranks]}
