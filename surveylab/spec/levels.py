"""Factors as a file writes them: paths, levels and weights, before any level is applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from surveylab.design.experiment import Plan
from surveylab.design.factors import RESERVED, children, steps, value_at
from surveylab.errors import Fault
from surveylab.spec.checking import fault
from surveylab.spec.document import Keyed, Node, Scalar, Series, at, members_of
from surveylab.spec.experiments import level_names
from surveylab.spec.faults import Finding, offer
from surveylab.spec.wording import level_name_finding, share_of

ROOTS = ("contact", "instrument", "items", "pages", "measurement", "sampling", "messages")
"""What a path may begin with; items and pages are those of the measurement's instrument."""
ASKED = ("instrument", "items", "pages")
"""The beginnings that lead into the instrument."""


@dataclass(frozen=True)
class WrittenLevel:
    """A level: its name, where it stands, the values for its paths, and its share."""

    name: str
    node: Node
    values: tuple[tuple[str, Node], ...]
    weight: Fraction


@dataclass(frozen=True)
class WrittenFactor:
    """A factor, its paths with the places where they are written, and its levels."""

    name: str
    paths: Mapping[str, Node]
    levels: tuple[WrittenLevel, ...]

    def reaches(self, *roots: str) -> bool:
        """Whether a path of the factor begins with one of these."""
        return any(steps(path)[0] in roots for path in self.paths)


@dataclass(frozen=True)
class Ground:
    """What paths lead into: the typed values and the trees that they were read from."""

    plan: Plan
    experiment: Node
    instrument: Node | None


BARRED = (("id",), ("name",), ("version",), ("languages",), ("format",), ("items",), ("pages",))
"""The fields of an instrument that no path beginning with ``instrument`` reaches."""


def inside(way: tuple[str, ...]) -> tuple[str, ...]:
    """The steps of a path as they lead on from the top of the instrument's file."""
    return way[1:] if way[0] == "instrument" else way


def whole(path: str) -> str:
    """The path of what a path really replaces: with its type or scheme a whole item or sampling."""
    parts = steps(path)
    if path == "sampling.scheme" or (len(parts) == 3 and parts[0] == "items" and parts[2] == "type"):
        return ".".join(parts[:-1])
    return path


def written_factors(factors: Node | None, ground: Ground, *, loaded: bool) -> tuple[list[WrittenFactor], list[Fault]]:
    """The factors of a file, without what is at fault in them, and the faults.

    ``loaded`` says that the data come from elsewhere, so that a factor may vary nothing here.
    """
    reader = _Reader(ground, loaded=loaded)
    entries = factors.entries if isinstance(factors, Keyed) else {}
    made = [reader.factor(name, section) for name, section in entries.items() if isinstance(section, Keyed)]
    if isinstance(factors, Keyed) and not factors.entries:
        reader.say(factors, Finding("SL404", "there is no factor.", "Add one."))
    return made, reader.faults


class _Reader:
    """Reads the factors of one file and collects their faults."""

    def __init__(self, ground: Ground, *, loaded: bool) -> None:
        self.ground = ground
        self.loaded = loaded
        self.faults: list[Fault] = []
        self.taken: list[tuple[str, str]] = []

    def say(self, node: Node, finding: Finding) -> None:
        self.faults.append(fault(node, finding))

    def factor(self, name: str, section: Keyed) -> WrittenFactor:
        if name in RESERVED:
            what = f"{name!r} is a column of every table of results."
            self.say(section, Finding("SL109", what, "Give the factor another name."))
        paths = self._paths(name, section)
        weights = self._weights(name, section)
        names = level_names(at(section, "levels"))
        return WrittenFactor(name, paths, tuple(self._levels(section, name, paths, weights, len(names))))

    def _paths(self, name: str, section: Keyed) -> dict[str, Node]:
        varies = at(section, "varies")
        if varies is None:
            if not self.loaded:
                what = f"the factor {name!r} varies nothing."
                self.say(section, Finding("SL406", what, "Add `varies: path`, such as items.<id>.text."))
            return {}
        members = members_of(varies) if isinstance(varies, Series) else (varies,)
        paths: dict[str, Node] = {}
        if not members:
            self.say(varies, Finding("SL405", "the list of paths is empty.", "Name a path, such as items.<id>.text."))
        for member in members:
            if not isinstance(member, Scalar) or not isinstance(member.value, str):
                self.say(member, Finding("SL103", "expected a path.", "Write a path such as items.<id>.text."))
            elif self._exists(member) and self._is_free(name, member):
                paths[member.text] = member
        return paths

    def _exists(self, written: Scalar) -> bool:
        path = written.text
        way = steps(path)
        if way[0] not in ROOTS:
            what = f"the path {path!r} begins with {way[0]!r}, which cannot be varied."
            self.say(written, Finding("SL402", what, offer(way[0], ROOTS, "beginnings")))
            return False
        if way[0] == "sampling" and at(self.ground.experiment, "frame") is None and not self.loaded:
            what = f"the path {path!r} varies the sampling, and there is no frame to divide among its levels."
            self.say(written, Finding("SL424", what, "Add `frame:`, or sample arrivals alike in all arms."))
            return False
        if way[0] in ASKED and self.ground.instrument is None:
            return False  # the fault is that of the instrument
        if way[0] == "instrument" and way[1:2] in ((), *BARRED):
            what = f"the path {path!r} cannot be varied."
            inner = f"Write {'.'.join(way[1:])}." if way[1:2] in (("items",), ("pages",)) else "Vary one of its fields."
            self.say(written, Finding("SL402", what, inner))
            return False
        here: Any = self.ground.plan
        for depth, step in enumerate(way):
            there = tuple(ROOTS if depth == 0 else children(here))
            if step not in there:
                if self._is_written(way):
                    return True
                before = ".".join(way[:depth])
                what = f"the path {path!r} does not exist: {before} has no {step!r}."
                self.say(written, Finding("SL402", what, offer(step, there, f"steps after {before}")))
                return False
            here = value_at(here, step)
        return True

    def _is_written(self, way: tuple[str, ...]) -> bool:
        """Whether the field stands in the file; what is at fault there is not among the typed values."""
        if way[0] in ASKED:
            return at(self.ground.instrument, *inside(way)) is not None
        return at(self.ground.experiment, *way) is not None

    def _is_free(self, factor: str, written: Scalar) -> bool:
        """Whether no other path reaches into the same field; one factor may set a type and its settings."""
        for other, owner in self.taken:
            same = owner == factor
            mine, theirs = (written.text, other) if same else (whole(written.text), whole(other))
            if f"{mine}.".startswith(f"{theirs}.") or f"{theirs}.".startswith(f"{mine}."):
                what = f"the path {written.text!r} sets what {other!r} sets, which the factor {owner!r} varies."
                self.say(written, Finding("SL403", what, "Let one path of one factor set it."))
                return False
        self.taken.append((written.text, factor))
        return True

    def _weights(self, name: str, section: Keyed) -> dict[str, Fraction]:
        names = level_names(at(section, "levels"))
        node = at(section, "weights")
        equal = {level: Fraction(1, len(names)) for level in names}
        if node is None:
            return equal
        if not isinstance(node, Keyed):
            self.say(node, Finding("SL103", "expected a mapping of weights.", "Write {level: weight, ...}."))
            return equal
        shares = {level: self._weight(level, weight) for level, weight in node.entries.items()}
        for level in node.entries:
            if level not in names:
                what = f"the factor {name!r} has no level {level!r}."
                found = Finding("SL412", what, offer(level, names, "levels"), (level,), key=True)
                self.say(node, found)
        missing = [level for level in names if level not in shares]
        known = [share for share in shares.values() if share is not None]
        if missing:
            self.say(node, Finding("SL401", f"no weight for {', '.join(missing)}.", "Give every level a weight."))
        elif len(known) == len(shares) and sum(known) != 1:
            total = sum(known)
            what = f"the weights of the factor {name!r} sum to {total}, not to 1."
            self.say(node, Finding("SL401", what, "Write decimals or fractions, such as 1/3, that sum to exactly 1."))
        return {level: shares.get(level) or equal[level] for level in names}

    def _weight(self, level: str, node: Node) -> Fraction | None:
        share = share_of(node.text) if isinstance(node, Scalar) else None
        if share is None:
            what = f"the weight of {level!r} is no number above 0 and up to 1."
            self.say(node, Finding("SL401", what, "Write a decimal or a fraction, such as 0.5 or 1/3."))
            return None
        return share

    def _levels(
        self, section: Keyed, name: str, paths: Mapping[str, Node], weights: Mapping[str, Fraction], count: int
    ) -> Iterator[WrittenLevel]:
        levels = at(section, "levels")
        if levels is None:
            return
        if not isinstance(levels, Keyed | Series):
            self.say(levels, Finding("SL103", "expected the levels.", "Write {name: value, ...}."))
            return
        if count < 2:
            what = f"the factor {name!r} has {count or 'no'} level{'' if count == 1 else 's'}."
            self.say(levels, Finding("SL404", what, "Give it at least two."))
        if isinstance(levels, Series):
            yield from self._named(levels, name, weights)
            return
        for level, node in levels.entries.items():
            self._check_name(levels, level, (level,))
            yield WrittenLevel(level, node, tuple(self._values(section, level, node, paths)), weights[level])

    def _named(self, levels: Series, name: str, weights: Mapping[str, Fraction]) -> Iterator[WrittenLevel]:
        seen: set[str] = set()
        for member in levels.members:
            if not isinstance(member, Scalar) or member.value is None or isinstance(member.value, bool):
                self.say(member, Finding("SL103", "expected the name of a level.", "Write a word."))
                continue
            if member.text in seen:
                self.say(member, Finding("SL301", f"the level {member.text!r} stands twice.", "Rename one."))
                continue
            seen.add(member.text)
            self._check_name(member, member.text, ())
            yield WrittenLevel(member.text, member, (), weights[member.text])
        if not self.loaded:
            what = f"the levels of the factor {name!r} have no values."
            self.say(levels, Finding("SL405", what, "Write {name: value, ...}."))

    def _check_name(self, node: Node, name: str, path: tuple[str, ...]) -> None:
        found = level_name_finding(name)
        if found is not None:
            self.faults.append(fault(node, Finding(found.code, found.what, found.remedy, path, key=bool(path))))

    def _values(self, section: Keyed, level: str, node: Node, paths: Mapping[str, Node]) -> Iterator[tuple[str, Node]]:
        varies = at(section, "varies")
        if varies is None:
            if self.loaded and not (isinstance(node, Scalar) and node.value is None):
                what = f"the level {level!r} has a value, and the factor varies nothing."
                self.say(node, Finding("SL405", what, "Write the levels as a list of names."))
            return
        if not isinstance(varies, Series):
            yield from ((path, node) for path in paths)
            return
        wanted = tuple(member.text for member in varies.members if isinstance(member, Scalar))
        if not isinstance(node, Keyed):
            what = f"the level {level!r} must give each of the {len(wanted)} paths its value."
            self.say(node, Finding("SL405", what, f"Write {{{', '.join(f'{path}: ...' for path in wanted)}}}."))
            return
        for path in node.entries:
            if path not in wanted:
                what = f"the factor does not vary the path {path!r}."
                self.say(node, Finding("SL405", what, offer(path, wanted, "paths"), (path,), key=True))
        missing = [path for path in wanted if path not in node.entries]
        if missing:
            what = f"the level {level!r} gives no value for {', '.join(missing)}."
            self.say(node, Finding("SL405", what, "Add it."))
        yield from ((path, node.entries[path]) for path in paths if path in node.entries)
