"""The rule of the file on the posterior: adopt, drop, or what it says otherwise, with the reason."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveylab.design import rules
from surveylab.design.experiment import DecisionRule
from surveylab.design.results import Decision
from surveylab.errors import SurveylabError

Draws = Mapping[str, NDArray[np.float64]]
"""Inquiry -> posterior draws of its contrast, shape (S,)."""

_ARRAYS = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "and": np.logical_and,
    "or": np.logical_or,
}


def decide(rule: DecisionRule, draws: Draws) -> Decision:
    """Apply the rule: the guard first, then ``adopt_if``, then ``drop_if``, then ``otherwise``.

    A guard that does not hold blocks adoption and nothing else.

    Raises:
        SurveylabError: the rule names an inquiry that has no estimate.
    """
    parts = {"adopt_if": rule.adopt_if, "drop_if": rule.drop_if, "guard": rule.guard}
    stated = {name: part for name, part in parts.items() if part is not None}
    evidence = {text: value for part in stated.values() for text, value in _evidence(part, draws)}
    holds = {name: rules.evaluate(part, {}, lambda node: probability(node, draws)) for name, part in stated.items()}
    action, reason = _verdict(rule, stated, holds, evidence)
    return Decision(
        action=action,
        reason=reason,
        evidence=evidence,
        rule={**{name: str(part) for name, part in stated.items()}, "otherwise": rule.otherwise},
    )


def missing(rule: DecisionRule, draws: Draws) -> tuple[str, ...]:
    """The inquiries that the rule names and that have no draws."""
    parts = [part for part in (rule.adopt_if, rule.drop_if, rule.guard) if part is not None]
    return tuple(dict.fromkeys(name for part in parts for name in rules.names(part.tree) if name not in draws))


def probability(node: rules.Node, draws: Draws) -> float:
    """P(node) over the draws; draws of different inquiries are paired in order."""
    return float(np.mean(_array(node, draws)))


def thresholds(rule: DecisionRule | None, inquiry: str) -> tuple[float, ...]:
    """The numbers that the rule compares this inquiry with."""
    found: list[float] = []
    for part in (rule.adopt_if, rule.drop_if, rule.guard) if rule else ():
        for call in rules.calls(part.tree, "P") if part else ():
            inner = call.argument
            if isinstance(inner, rules.Operation) and inner.left == rules.Name(inquiry):
                found.append(float(_array(inner.right, {})))
    return tuple(dict.fromkeys(found))


def describe(node: rules.Node) -> str:
    """The text of a node, for evidence: ``P(a > 0.01)``."""
    if isinstance(node, rules.Call):
        return f"{node.function}({describe(node.argument)})"
    if isinstance(node, rules.Name):
        return node.name
    if isinstance(node, rules.Constant):
        return str(node.value)
    if node.left is None:
        return f"{node.operator}{' ' if node.operator == 'not' else ''}{describe(node.right)}"
    return f"{describe(node.left)} {node.operator} {describe(node.right)}"


def _evidence(rule: rules.Rule, draws: Draws) -> Iterator[tuple[str, float]]:
    for call in rules.calls(rule.tree, "P"):
        yield describe(call), probability(call.argument, draws)


def _verdict(
    rule: DecisionRule, stated: Mapping[str, rules.Rule], holds: Mapping[str, bool], evidence: Mapping[str, float]
) -> tuple[str, str]:
    def because(name: str, verb: str) -> str:
        shown = ", ".join(
            f"{text} is {evidence[text]:.3f}" for text in map(describe, rules.calls(stated[name].tree, "P"))
        )
        return f"{name} {verb}: {stated[name]} ({shown})"

    if holds["adopt_if"] and holds.get("guard", True):
        guard = f"; {because('guard', 'holds')}" if "guard" in stated else ""
        return "adopt", because("adopt_if", "holds") + guard + "."
    if holds.get("drop_if"):
        return "drop", because("drop_if", "holds") + "."
    if holds["adopt_if"]:
        return rule.otherwise, because("adopt_if", "holds") + ", but " + because("guard", "does not") + "."
    drop = f"; {because('drop_if', 'does not')}" if "drop_if" in stated else ""
    return rule.otherwise, because("adopt_if", "does not hold") + drop + "."


def _array(node: rules.Node, draws: Draws) -> Any:
    if isinstance(node, rules.Constant):
        return node.value
    if isinstance(node, rules.Name):
        if node.name not in draws:
            raise SurveylabError(f"The decision rule needs the inquiry {node.name!r}, which has no estimate.")
        return draws[node.name]
    if isinstance(node, rules.Call):
        raise SurveylabError(f"{node.function}(...) has no meaning inside P(...).")
    right = _array(node.right, draws)
    if node.left is None:
        return np.logical_not(right) if node.operator == "not" else operator.neg(right)
    return _ARRAYS[node.operator](_array(node.left, draws), right)
