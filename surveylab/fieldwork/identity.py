"""What of a study can say who a person is, and what of it everything else is derived from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from surveylab import registry
from surveylab.design.experiment import Study
from surveylab.design.instrument import Instrument
from surveylab.design.rules import Rule, names
from surveylab.fieldwork import replicates
from surveylab.questions import identifying

_UNIT = "unit."
"""Begins the name of a field of the frame in the rules of an instrument."""


def identifying_columns(study: Study) -> frozenset[str]:
    """The columns of the answers, in any arm, that can say who the person is, as their question types declare."""
    items = (item for instrument in _instruments(study) for item in instrument.items)
    return frozenset(column for item in items for column in identifying(item))


def fields_needed(study: Study) -> frozenset[str]:
    """The fields of the frame that the draw, the assignment, the rules, the quotas and the cells are derived from."""
    exp = study.experiment
    found = set(exp.strata)
    if exp.frame is not None:
        found |= set(names(exp.frame.eligible.tree)) if exp.frame.eligible else set()
        found |= set(replicates.needs(replicates.replicates(study)))
    found |= set(registry.load("assignment", exp.assignment.scheme).needs(exp.assignment.settings))
    rules = (rule for part in (exp.quotas, *_instruments(study)) for rule in _rules(part))
    found |= {name.removeprefix(_UNIT) for rule in rules for name in names(rule.tree) if name.startswith(_UNIT)}
    return frozenset(found)


def _instruments(study: Study) -> Iterator[Instrument]:
    """The instruments as their files have them, and as each arm has them."""
    yield from study.instruments.values()
    for arm in study.experiment.arms:
        instrument = study.plan(arm).instrument
        if instrument is not None:
            yield instrument


def _rules(value: object) -> Iterator[Rule]:
    """Every rule in a value and in what it is made of."""
    if isinstance(value, Rule):
        yield value
    elif is_dataclass(value):
        for each in fields(value):
            yield from _rules(getattr(value, each.name))
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _rules(member)
    elif isinstance(value, tuple):
        for member in value:
            yield from _rules(member)
