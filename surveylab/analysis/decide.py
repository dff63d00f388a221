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
    """P(node) over the draws.

    Draws of inquiries about one outcome are of one fit and joint. Those of different fits are
    paired at random, as independent posteriors; of a longer one as many are used, evenly spaced.
    """
    used = {name: draws[name] for name in rules.names(node) if name in draws}
    least = min(map(len, used.values()), default=0)
    return float(np.mean(_array(node, {name: _thinned(each, least) for name, each in used.items()})))


def thresholds(rule: DecisionRule | None, inquiry: str) -> tuple[float, ...]:
    """The numbers that the rule compares this inquiry with, on either side, each once."""
    found: list[float] = []
    for part in (rule.adopt_if, rule.drop_if, rule.guard) if rule else ():
        for call in rules.calls(part.tree, "P") if part else ():
            for left, right in _comparisons(call.argument):
                for one, other in ((left, right), (right, left)):
                    if one == rules.Name(inquiry) and not any(rules.names(other)):
                        found.append(float(_array(other, {})))
    return tuple(dict.fromkeys(found))


def describe(node: rules.Node) -> str:
    """The text of a node, for evidence: ``P(a > 0.01)``, with the parentheses that it needs."""
    if isinstance(node, rules.Call):
        return f"{node.function}({describe(node.argument)})"
    if isinstance(node, rules.Name):
        return node.name
    if isinstance(node, rules.Constant):
        return str(node.value)
    binds = _binding(node)
    if node.left is None:
        return f"{node.operator}{' ' if node.operator == 'not' else ''}{_within(node.right, binds)}"
    return f"{_within(node.left, binds)} {node.operator} {_within(node.right, binds + 1)}"


def _within(node: rules.Node, least: int) -> str:
    """The text of an operand, in parentheses where it binds less than ``least``."""
    return describe(node) if _binding(node) >= least else f"({describe(node)})"


def _binding(node: rules.Node) -> int:
    """How tightly a node holds together, in the precedence of ``design.rules``."""
    if not isinstance(node, rules.Operation):
        return 7
    if node.left is None:
        return 2 if node.operator == "not" else 6
    return {"or": 0, "and": 1, "+": 4, "-": 4, "*": 5, "/": 5}.get(node.operator, 3)


def _comparisons(node: rules.Node) -> Iterator[tuple[rules.Node, rules.Node]]:
    """Both sides of every comparison in a condition."""
    if isinstance(node, rules.Operation):
        if _binding(node) == 3 and node.left is not None:
            yield node.left, node.right
        elif node.operator in ("and", "or", "not"):
            for side in (node.left, node.right):
                yield from _comparisons(side) if side is not None else ()


def _thinned(draws: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    return draws[np.arange(size) * len(draws) // size]


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
