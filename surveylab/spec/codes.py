"""Answers that rules compare with what nobody can answer: codes that no option has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from surveylab.design.instrument import Item
from surveylab.design.rules import Rule, compare, comparisons
from surveylab.design.terms import Value
from surveylab.spec.faults import Finding, offer

Codes = Mapping[str, tuple[Value, ...]]
"""Column -> the answers that can be in it, by themselves or joined by spaces; only columns with a closed list."""


def codes_of(items: Iterable[Item], more: Codes | None = None) -> Codes:
    """The codes of items; ``more`` are those that the same columns have elsewhere, as in other arms."""
    found = {column: codes for item in items for column, codes in item.closed.items()}
    return {column: tuple(dict.fromkeys((*codes, *(more or {}).get(column, ())))) for column, codes in found.items()}


def unknown_codes(rule: Rule, codes: Codes) -> Iterator[Finding]:
    """What a rule compares an answer with that is none of its codes, so that it never holds."""
    for name, values in comparisons(rule.tree):
        there = codes.get(name.name, ())
        for value in values if there else ():
            parts = value.split() if isinstance(value, str) else (value,)
            for part in parts or (value,):
                if not any(compare("==", code, part) for code in there):
                    what = f"the rule compares {name.name!r} with {_spelled(part)!r}, which nobody can answer there."
                    yield Finding(
                        "SL210", what, offer(_spelled(part), map(_spelled, there), "codes"), (), name.position
                    )


def _spelled(value: Value) -> str:
    """A value as a rule spells it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
