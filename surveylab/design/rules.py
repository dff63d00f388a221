"""The small language of conditions: parsed into a tree, never evaluated as Python.

    applicable_if: recommend <= 6 and not answered(why)
    eligible:      age >= 18 and region in ["north", "south"]
    adopt_if:      P(wording_on_response > 0.01) >= 0.95

Precedence, loosest first: ``or``, ``and``, ``not``, comparison (``== != < <= > >= in``),
``+ -``, ``* /``, unary ``-``. Names begin with a letter or ``_`` and may carry dots. Functions
are ``answered``, ``missing`` and ``P``. A comparison with a missing operand is false, as is an order between a text and
a number; an answer that reads as a number compares as one. ``x in y`` asks whether ``x`` is one
of the words of a text ``y``: a multiple choice is stored as its codes with spaces between.
Evaluating never raises, whatever the names stand for.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from surveylab.design.terms import Value

FUNCTIONS = ("answered", "missing", "P")
DEEPEST = 40
"""Parentheses, lists, ``not`` and minus signs may nest this deep."""
LONGEST = 300
"""Words and signs of a rule: a chain of operators is as deep as it is long."""
MOST_DIGITS = 40
"""Of a number."""

_T = TypeVar("_T")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>\"[^\"]*\"|'[^']*')|(?P<name>[^\W\d][\w.]*)"
    r"|(?P<sign>==|!=|<=|>=|[<>()\[\],+\-*/]))"
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


class RuleError(ValueError):
    """A text that is not a rule; ``position`` counts characters from 0."""

    def __init__(self, what: str, position: int) -> None:
        super().__init__(what)
        self.position = position


@dataclass(frozen=True)
class Constant:
    """A number, a text, a truth value or a list of them."""

    value: Value | tuple[Value, ...]


@dataclass(frozen=True)
class Name:
    """What is looked up when the rule is evaluated. ``position`` is where it stands in the text."""

    name: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Call:
    """A function over one argument."""

    function: str
    argument: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Operation:
    """``left operator right``; ``not`` and unary minus have no left."""

    operator: str
    left: Node | None
    right: Node


Node = Constant | Name | Call | Operation


@dataclass(frozen=True)
class Rule:
    """A parsed condition, with its text as written."""

    text: str
    tree: Node

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> Rule:
    """The rule that a text says. RuleError tells where it stops making sense."""
    parser = _Parser(text)
    tree = parser.either()
    parser.end()
    return Rule(text, tree)


def lookups(node: Node) -> Iterator[Name]:
    """What a tree looks up, in reading order."""
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Call):
        yield from lookups(node.argument)
    elif isinstance(node, Operation):
        if node.left is not None:
            yield from lookups(node.left)
        yield from lookups(node.right)


def names(node: Node) -> Iterator[str]:
    """The names that a tree looks up, in reading order."""
    return (each.name for each in lookups(node))


def calls(node: Node, function: str) -> Iterator[Call]:
    """The calls of a function in a tree, in reading order."""
    if isinstance(node, Call):
        if node.function == function:
            yield node
        yield from calls(node.argument, function)
    elif isinstance(node, Operation):
        if node.left is not None:
            yield from calls(node.left, function)
        yield from calls(node.right, function)


def comparisons(node: Node) -> Iterator[tuple[Name, tuple[Value, ...]]]:
    """What a tree compares with constants, by ``==``, ``!=`` or ``in``, and with which, in reading order."""
    if isinstance(node, Call):
        yield from comparisons(node.argument)
    if not isinstance(node, Operation):
        return
    for name, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(name, Name) and other is not None and node.operator in ("==", "!=", "in"):
            yield name, _constants(other)
    for inner in (node.left, node.right):
        if inner is not None:
            yield from comparisons(inner)


def _constants(node: Node) -> tuple[Value, ...]:
    """The constants that an operand stands for; none where it is looked up."""
    if isinstance(node, Constant):
        return node.value if isinstance(node.value, tuple) else (node.value,)
    if isinstance(node, Operation) and node.operator == "-" and node.left is None and isinstance(node.right, Constant):
        negated = _value(node, {}, None)
        return () if negated is None else (negated,)
    return ()


def evaluate(rule: Rule, known: Mapping[str, Value], probability: Callable[[Node], float] | None = None) -> bool:
    """Whether the rule holds under what is known; a name that is not known is missing.

    ``probability`` gives the value of ``P(...)`` from its argument; ValueError where a rule
    uses P and there is none.
    """
    return bool(_value(rule.tree, known, probability))


def compare(sign: str, left: Any, right: Any) -> bool:
    """One comparison under the rule for missing and mixed operands."""
    if left is None or right is None:
        return False
    if sign == "in":
        members = right.split() if isinstance(right, str) else right if isinstance(right, tuple) else (right,)
        return any(compare("==", left, member) for member in members)
    if isinstance(left, tuple) or isinstance(right, tuple):
        return sign in ("==", "!=") and bool(_COMPARE[sign](left, right))
    if isinstance(left, str) != isinstance(right, str):
        left, right = _number(left), _number(right)
        if left is None or right is None:
            return sign == "!="
    return bool(_COMPARE[sign](left, right))


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):  # a list, a text, a number beyond a double
        return None


def _value(node: Node, known: Mapping[str, Value], probability: Callable[[Node], float] | None) -> Any:
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Name):
        return known.get(node.name)
    if isinstance(node, Call):
        if node.function == "P":
            if probability is None:
                raise ValueError("P(...) has a value in decision rules only")
            return probability(node.argument)
        absent = _value(node.argument, known, probability) is None
        return absent if node.function == "missing" else not absent
    if node.operator == "not":
        return not _value(node.right, known, probability)
    right = _value(node.right, known, probability) if node.operator not in ("and", "or") else None
    if node.left is None:
        number = None if right is None else _number(right)
        return None if number is None else -number
    left = _value(node.left, known, probability)
    if node.operator == "and":
        return bool(left) and bool(_value(node.right, known, probability))
    if node.operator == "or":
        return bool(left) or bool(_value(node.right, known, probability))
    if node.operator in _ARITHMETIC:
        numbers = (None if left is None else _number(left)), (None if right is None else _number(right))
        if None in numbers or (node.operator == "/" and numbers[1] == 0):
            return None
        return _ARITHMETIC[node.operator](*numbers)
    return compare(node.operator, left, right)


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokens())
        if len(self.tokens) > LONGEST:
            raise RuleError(f"the rule has more than {LONGEST} words and signs", self.tokens[LONGEST][2])
        self.at = 0
        self.depth = 0

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        position = 0
        stop = len(self.text.rstrip())
        while position < stop:
            match = _TOKEN.match(self.text, position)
            if match is None:
                rest = self.text[position:].lstrip()
                raise RuleError(f"{rest[:1]!r} has no meaning here", len(self.text) - len(rest))
            kind = match.lastgroup or ""
            yield kind, match.group(kind), match.start(kind)
            position = match.end()

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise RuleError(f"{self.tokens[self.at][1]!r} was not expected", self.tokens[self.at][2])

    def _peek(self) -> tuple[str, str, int]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "", len(self.text))

    def _take(self, *wanted: str) -> str | None:
        kind, token, _ = self._peek()
        if kind != "text" and token in wanted:
            self.at += 1
            return token
        return None

    def _expect(self, wanted: str) -> None:
        if self._take(wanted) is None:
            _, token, position = self._peek()
            raise RuleError(f"{wanted!r} is missing before {token!r}" if token else f"{wanted!r} is missing", position)

    def either(self) -> Node:
        node = self.both()
        while self._take("or"):
            node = Operation("or", node, self.both())
        return node

    def both(self) -> Node:
        node = self.negation()
        while self._take("and"):
            node = Operation("and", node, self.negation())
        return node

    def negation(self) -> Node:
        if self._take("not"):
            return Operation("not", None, self._deeper(self.negation))
        return self.comparison()

    def comparison(self) -> Node:
        node = self.sum()
        sign = self._take("in", *_COMPARE)
        return Operation(sign, node, self.sum()) if sign else node

    def sum(self) -> Node:
        node = self.term()
        while sign := self._take("+", "-"):
            node = Operation(sign, node, self.term())
        return node

    def term(self) -> Node:
        node = self.factor()
        while sign := self._take("*", "/"):
            node = Operation(sign, node, self.factor())
        return node

    def factor(self) -> Node:
        if self._take("-"):
            return Operation("-", None, self._deeper(self.factor))
        if self._take("("):
            node = self._deeper(self.either)
            self._expect(")")
            return node
        if self._take("["):
            return Constant(self._deeper(lambda: tuple(self._members())))
        kind, token, position = self._peek()
        if kind in ("number", "text", "name") and token not in ("and", "or", "not", "in"):
            self.at += 1
            return self._atom(kind, token, position)
        raise RuleError("a value is missing" + (f" before {token!r}" if token else ""), position)

    def _deeper(self, inner: Callable[[], _T]) -> _T:
        self.depth += 1
        if self.depth > DEEPEST:
            raise RuleError(f"the rule nests deeper than {DEEPEST}", self._peek()[2])
        node = inner()
        self.depth -= 1
        return node

    def _atom(self, kind: str, token: str, position: int) -> Node:
        if kind == "number":
            if len(token) > MOST_DIGITS:
                raise RuleError(f"the number has more than {MOST_DIGITS} digits", position)
            return Constant(float(token) if "." in token else int(token))
        if kind == "text":
            return Constant(token[1:-1])
        if token in ("true", "false"):
            return Constant(token == "true")
        if self._take("("):
            if token not in FUNCTIONS:
                raise RuleError(f"there is no function {token!r}; there are {', '.join(FUNCTIONS)}", position)
            argument = self._deeper(self.either)
            self._expect(")")
            return Call(token, argument, position)
        return Name(token, position)

    def _members(self) -> Iterator[Value]:
        if self._take("]"):
            return
        while True:
            position = self._peek()[2]
            node = self.factor()
            if isinstance(node, Operation) and isinstance(node.right, Constant):
                negated = node.right.value
                node = Constant(-negated) if isinstance(negated, int | float) else node
            if not isinstance(node, Constant) or isinstance(node.value, tuple):
                raise RuleError("a list holds constants only", position)
            yield node.value
            if self._take("]"):
                return
            self._expect(",")
