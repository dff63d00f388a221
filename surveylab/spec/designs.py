"""The design of an assignment as a file writes it, and whether its arms answer what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from surveylab.design.aliasing import Aliasing
from surveylab.design.designs import Design, FractionOf, arms_of
from surveylab.design.factors import Arm, Factor
from surveylab.errors import Fault
from surveylab.spec.checking import fault
from surveylab.spec.document import Keyed, Node, Scalar, Series, at, text_of, texts_of
from surveylab.spec.faults import Finding, offer
from surveylab.spec.wording import share_of

MOST_ARMS = 4096
WEIGHT = "weight"
"""The key of an arm's weight beside its factors."""


@dataclass(frozen=True)
class WrittenDesign:
    """The design and its arms; no arms where something about them is at fault."""

    design: Design
    arms: tuple[Arm, ...] | None
    faults: tuple[Fault, ...]


def written_design(assignment: Node | None, factors: Sequence[Factor]) -> WrittenDesign:
    """The design of an assignment; ``factors`` are as far as they could be read."""
    reader = _Reader(assignment, factors)
    design = reader.design()
    arms = None
    if not reader.faults and factors and all(len(factor.levels) > 1 for factor in factors):
        try:
            arms = arms_of(factors, design)
        except ValueError as error:
            what, _, remedy = str(error).partition("; ")
            reader.say(reader.node, Finding("SL431", f"{what}.", f"{remedy[:1].upper()}{remedy[1:]}."))
    return WrittenDesign(design, arms, tuple(reader.faults))


def inestimable(node: Node, arms: Sequence[Arm]) -> Iterator[Fault]:
    """The inquiries of a file whose contrast the arms cannot estimate beside the other main effects."""
    aliasing = Aliasing(arms)
    inquiries = at(node, "inquiries")
    for name, inquiry in inquiries.entries.items() if isinstance(inquiries, Keyed) else ():
        contrast = at(inquiry, "contrast")
        for factor, pair in contrast.entries.items() if isinstance(contrast, Keyed) else ():
            levels = texts_of(pair)
            known = factor in aliasing.factors and len(levels) == 2
            if known and not aliasing.estimates(factor, (levels[0], levels[1])):
                others = [other for alias in aliasing.aliases() for other in _beside(alias.effect, alias.other, factor)]
                among = f": it is aliased with {', '.join(dict.fromkeys(others))}" if others else ""
                what = f"the arms cannot estimate the inquiry {name!r}{among}."
                remedy = "Add arms, or ask for a fraction of a higher resolution; surveylab design shows the aliases."
                yield fault(pair, Finding("SL433", what, remedy))


def _beside(effect: tuple[str, ...], other: tuple[str, ...], factor: str) -> Iterator[str]:
    """The main effect that shares a word of two factors with this one."""
    if len(effect) == len(other) == 1 and factor in (*effect, *other):
        yield other[0] if effect[0] == factor else effect[0]


class _Reader:
    """Reads the design of one assignment and collects its faults."""

    def __init__(self, assignment: Node | None, factors: Sequence[Factor]) -> None:
        self.assignment = assignment
        self.factors = {factor.name: factor for factor in factors}
        self.faults: list[Fault] = []
        self.node = at(assignment, "design") or assignment

    def say(self, node: Node | None, finding: Finding) -> None:
        assert node is not None  # a design is of an assignment
        self.faults.append(fault(node, finding))

    def design(self) -> Design:
        node = at(self.assignment, "design")
        text = text_of(node) if isinstance(node, Scalar) else None
        if node is None or text == "full":
            self._refuse_many()
            return "full"
        self._refuse_weights()
        if text == "fraction":
            return FractionOf()
        if isinstance(node, Keyed) and tuple(node.entries) == ("fraction",):
            return self._fraction(node.entries["fraction"])
        if isinstance(node, Series):
            return self._arms(node)
        what = "the design is neither full, nor a fraction, nor a list of arms."
        self.say(
            node, Finding("SL431", what, "Write full, fraction, {fraction: {runs: 8}}, or [{factor: level}, ...].")
        )
        return "full"

    def _refuse_many(self) -> None:
        count = 1
        for factor in self.factors.values():
            count *= max(len(factor.levels), 1)
        factors = at(self.assignment, "factors")
        if count > MOST_ARMS and factors is not None:
            what = f"the factors have {count} combinations of levels, more than {MOST_ARMS}."
            self.say(factors, Finding("SL407", what, "Use fewer factors or levels, or `design: fraction`."))

    def _refuse_weights(self) -> None:
        for name in self.factors:
            weights = at(self.assignment, "factors", name, "weights")
            if weights is not None:
                what = f"the levels of {name!r} have weights, which only a full design multiplies to those of arms."
                remedy = "Delete them; in a list of arms, give each arm a `weight`."
                self.say(weights, Finding("SL431", what, remedy))

    def _fraction(self, node: Node) -> FractionOf:
        if not isinstance(node, Keyed):
            self.say(node, Finding("SL103", "expected what the fraction is.", "Write {runs: 8} or {resolution: 4}."))
            return FractionOf()
        there = ("resolution", "runs", "generators")
        for key in node.entries:
            if key not in there:
                found = Finding(
                    "SL101", f"unknown key {key!r} in fraction.", offer(key, there, "keys"), (key,), key=True
                )
                self.say(node, found)
        if len(set(node.entries) & set(there)) > 1:
            what = "resolution, runs and generators each say what the fraction is."
            self.say(node, Finding("SL431", what, "Give one of them."))
        numbers = {key: self._number(node.entries[key]) for key in there[:2] if key in node.entries}
        generators = at(node, "generators")
        if generators is not None and not (isinstance(generators, Series) and texts_of(generators)):
            self.say(generators, Finding("SL103", "expected a list of products.", "Write [c = a * b]."))
        return FractionOf(numbers.get("resolution"), numbers.get("runs"), texts_of(generators))

    def _number(self, node: Node) -> int | None:
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 3:
            return value
        self.say(node, Finding("SL106", "this is no whole number from 3 on.", "Write one."))
        return None

    def _arms(self, node: Series) -> tuple[Arm, ...]:
        if len(node.members) < 2:
            self.say(node, Finding("SL432", "one arm is no experiment.", "List two or more."))
        arms = [self._arm(member, len(node.members)) for member in node.members]
        weighted = [member for member in node.members if WEIGHT in getattr(member, "entries", {})]
        total = sum((arm.probability for arm in arms), Fraction(0))
        if weighted and len(weighted) < len(arms):
            self.say(
                node, Finding("SL401", "some arms have a weight, and some have none.", "Give all a weight or none.")
            )
        elif total != 1 and not self.faults:
            what = f"the weights of the arms sum to {total}, not to 1."
            self.say(node, Finding("SL401", what, "Write decimals or fractions, such as 1/3, that sum to exactly 1."))
        self._refuse_twice(node, arms)
        for factor in self.factors.values():
            unused = [name for name in factor.level_names if not any((factor.name, name) in arm.levels for arm in arms)]
            if unused and not self.faults:
                what = f"no arm has the level {unused[0]!r} of {factor.name!r}."
                self.say(node, Finding("SL432", what, "Add such an arm, or delete the level."))
        return tuple(arms)

    def _arm(self, node: Node, of: int) -> Arm:
        equal = Fraction(1, of)
        if not isinstance(node, Keyed):
            self.say(node, Finding("SL103", "expected an arm.", "Write {factor: level, ...}."))
            return Arm((), equal)
        if WEIGHT in self.factors:
            self.say(node, Finding("SL432", f"{WEIGHT!r} is a factor and the weight of an arm.", "Rename the factor."))
        weight = node.entries.get(WEIGHT)
        share = share_of(weight.text) if isinstance(weight, Scalar) else None
        if weight is not None and share is None:
            what = "the weight of this arm is no number above 0 and up to 1."
            self.say(weight, Finding("SL401", what, "Write a decimal or a fraction, such as 0.5 or 1/3."))
        for name in node.entries:
            if name not in (WEIGHT, *self.factors):
                what = f"there is no factor {name!r}."
                self.say(node, Finding("SL411", what, offer(name, self.factors, "factors"), (name,), key=True))
        missing = [name for name in self.factors if name not in node.entries]
        if missing:
            self.say(node, Finding("SL432", f"the arm has no level of {', '.join(missing)}.", "Give every factor one."))
        for name, level in node.entries.items():
            names = self.factors[name].level_names if name in self.factors else ()
            if names and text_of(level) not in names:
                what = f"the factor {name!r} has no level {text_of(level) or 'like this'!r}."
                self.say(level, Finding("SL412", what, offer(str(text_of(level)), names, "levels")))
        levels = ((name, text_of(node.entries[name]) or "") for name in self.factors if name in node.entries)
        return Arm(tuple(levels), share or equal)

    def _refuse_twice(self, node: Series, arms: Sequence[Arm]) -> None:
        seen: set[tuple[tuple[str, str], ...]] = set()
        for member, arm in zip(node.members, arms, strict=True):
            if arm.levels and arm.levels in seen:
                self.say(member, Finding("SL432", "this arm stands twice.", "Delete one, or give it a larger weight."))
            seen.add(arm.levels)
