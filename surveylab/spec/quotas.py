"""Quotas: whether their rules name what is known of a respondent, and whether anybody could need a place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

from surveylab.design.experiment import Quota
from surveylab.design.rules import Name, Node, Operation, Rule, compare, comparisons, evaluate, lookups
from surveylab.errors import Fault
from surveylab.spec import document
from surveylab.spec.checking import fault
from surveylab.spec.codes import Codes, unknown_codes
from surveylab.spec.designs import MOST_ARMS
from surveylab.spec.document import Keyed, Scalar, at, keys_of, texts_of
from surveylab.spec.experiments import ExperimentReading
from surveylab.spec.faults import Finding, offer


@dataclass(frozen=True)
class AskedColumns:
    """The columns that some arm asks, and the items whose columns are not known as they are at fault."""

    columns: Collection[str]
    unsettled: Collection[str]
    codes: Codes
    """Of the answers in the columns with a closed list of them."""


def quota_faults(reading: ExperimentReading, asked: AskedColumns | None) -> Iterator[Fault]:
    """Every fault of the quotas of an experiment; ``asked`` is None where no instrument can be read."""
    section = at(reading.node, "quotas")
    if not isinstance(section, Keyed):
        return
    if at(reading.node, "data") is not None:
        what = "the data come from elsewhere, so nobody needs a place here."
        yield fault(reading.node, Finding("SL501", what, "Delete `quotas:`.", ("quotas",), key=True))
    checked = _Checked(reading, asked)
    for name, quota in reading.section.quotas.items():
        node = at(section, name)
        if node is not None:
            yield from checked.faults(name, quota, node)


class _Checked:
    """The quotas of one file, one after the other."""

    def __init__(self, reading: ExperimentReading, asked: AskedColumns | None) -> None:
        self.factors = reading.names.factors
        self.strata = texts_of(at(reading.node, "sampling", "strata"))
        self.listed = "frame" in keys_of(reading.node)
        self.drawn = at(reading.node, "sampling", "n")
        self.asked = asked
        self.before: dict[tuple[Any, Any], str] = {}

    def faults(self, name: str, quota: Quota, node: document.Node) -> Iterator[Fault]:
        """The faults of one quota."""
        most, expires, rule = at(node, "most"), at(node, "expires"), at(node, "if")
        if most is not None and quota.most < 1:
            yield fault(most, Finding("SL106", f"{quota.most} is out of range.", "Write a number that is at least 1."))
        drawn = self.drawn.value if isinstance(self.drawn, Scalar) else None
        if most is not None and isinstance(drawn, int) and quota.most > drawn:
            what = f"the quota {name!r} takes {quota.most} and the sample has {drawn}, so it is never full."
            yield fault(most, Finding("SL501", what, "Lower it, or delete the quota."))
        if expires is not None and quota.expires <= timedelta(0):
            what = "a place that is reserved for no time is never had."
            yield fault(expires, Finding("SL106", what, "Write a duration such as PT2H."))
        same = (quota.if_.tree if quota.if_ else None), quota.counts
        if same in self.before:
            what = f"the quota {name!r} counts the same people in the same way as {self.before[same]!r}."
            yield fault(node, Finding("SL502", what, "Keep the lower one."))
        self.before.setdefault(same, name)
        if quota.if_ is not None and rule is not None:
            found = [*self._names(quota.if_), *self._constants(quota.if_)]
            yield from (fault(rule, each) for each in found)
            if not found and not self._holds_for_somebody(quota.if_):
                what = f"the rule of the quota {name!r} holds for nobody in any arm."
                yield fault(rule, Finding("SL501", what, "Correct the rule."))

    def _names(self, rule: Rule) -> Iterator[Finding]:
        for each in lookups(rule.tree):
            root, _, rest = each.name.partition(".")
            if root == "arm" and rest:
                if rest not in self.factors:
                    what = f"there is no factor {rest!r}."
                    yield Finding("SL411", what, offer(rest, self.factors, "factors"), offset=each.position)
            elif each.name == "stratum":
                if not self.strata:
                    what = "the rule names the stratum, and the sample has no strata."
                    yield Finding("SL418", what, "Name `strata:` of the sampling.", offset=each.position)
            elif root == "unit" and rest:
                if not self.listed:
                    what = f"the rule names {each.name!r}, and of people who arrive unlisted no field is known."
                    yield Finding("SL202", what, "Ask it, and name the item.", offset=each.position)
            elif self.asked is not None and each.name not in self.asked.columns and root not in self.asked.unsettled:
                what = f"the rule names {each.name!r}, which no page asks."
                ways = " A field of the frame is unit.<field>, a factor is arm.<factor>, a stratum is stratum."
                remedy = offer(each.name, sorted(self.asked.columns), "columns") + ways
                yield Finding("SL202", what, remedy, offset=each.position)

    def _constants(self, rule: Rule) -> Iterator[Finding]:
        """Levels, strata and codes of options that a factor, the strata or an item do not have."""
        for name, values in comparisons(rule.tree):
            yield from self._compared(name, values)
        yield from unknown_codes(rule, self.asked.codes if self.asked else {})

    def _compared(self, name: Name, values: tuple[Any, ...]) -> Iterator[Finding]:
        factor = name.name.removeprefix("arm.")
        levels = self.factors.get(factor, ()) if factor != name.name else ()
        for value in values:
            if levels and not any(compare("==", level, value) for level in levels):
                what = f"the factor {factor!r} has no level {value!r}."
                yield Finding("SL412", what, offer(str(value), levels, "levels"), offset=name.position)
            if name.name == "stratum" and self.strata and not str(value).startswith(f"{self.strata[0]}="):
                what = f"no stratum is called {value!r}."
                label = ",".join(f"{field}=value" for field in self.strata)
                yield Finding("SL418", what, f'Write "{label}", or name unit.<field>.', offset=name.position)

    def _holds_for_somebody(self, rule: Rule) -> bool:
        named = {each.name for each in lookups(rule.tree)}
        factors = {f"arm.{name}": levels for name, levels in self.factors.items() if f"arm.{name}" in named}
        count = 1
        for levels in factors.values():
            count *= max(len(levels), 1)
        if count > MOST_ARMS:
            return True  # that there are too many arms is told already
        arms = (dict(zip(factors, levels, strict=True)) for levels in product(*factors.values()))
        return any(True in _truths(rule.tree, arm) for arm in arms)


def _truths(node: Node, arm: Mapping[str, str]) -> set[bool]:
    """What a condition may come to in an arm, whatever a respondent answers."""
    if isinstance(node, Operation) and node.operator == "not":
        return {not truth for truth in _truths(node.right, arm)}
    if isinstance(node, Operation) and node.operator in ("and", "or") and node.left is not None:
        pairs = product(_truths(node.left, arm), _truths(node.right, arm))
        return {(a and b) if node.operator == "and" else (a or b) for a, b in pairs}
    if all(each.name in arm for each in lookups(node)):
        return {evaluate(Rule("", node), arm)}
    return {True, False}
