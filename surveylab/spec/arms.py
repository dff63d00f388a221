"""Levels applied: each against the type of the field it replaces, and all arms as they will be fielded.

A level is put into the tree of the file at its path and the file is read again; a fault that
was not there before is the level's. So a level obeys exactly the rules of the field itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from surveylab.design.experiment import Plan
from surveylab.design.factors import Factor, Level, steps, value_at
from surveylab.errors import Fault
from surveylab.spec.asked import Asked
from surveylab.spec.checking import fault
from surveylab.spec.codes import Codes, codes_of
from surveylab.spec.designs import MOST_ARMS, inestimable, written_design
from surveylab.spec.document import Keyed, Node, Scalar, at, replaced, text_of, texts_of, within
from surveylab.spec.experiments import ExperimentReading, read_experiment
from surveylab.spec.faults import Finding, offer
from surveylab.spec.instruments import InstrumentReading, asked_items, read_instrument
from surveylab.spec.levels import ASKED, Ground, WrittenFactor, WrittenLevel, inside, whole, written_factors

Shelf = Mapping[str, InstrumentReading]
"""Name of an instrument -> its reading; an instrument that cannot be read is not among them."""


@dataclass(frozen=True)
class Applied:
    """A file and its instrument with some levels applied, read again."""

    experiment: ExperimentReading
    instrument: InstrumentReading | None

    @property
    def faults(self) -> frozenset[Fault]:
        """The faults of both."""
        return frozenset({*self.experiment.faults, *(self.instrument.faults if self.instrument else ())})

    @property
    def plan(self) -> Plan:
        """The typed values that paths lead into."""
        section, instrument = self.experiment.section, self.instrument.instrument if self.instrument else None
        items, pages = (instrument.items, instrument.pages) if instrument else ((), ())
        return Plan(section.contact, section.sampling, section.measurement, section.messages, instrument, items, pages)


class Workshop:
    """The factors of one experiment, put to work on its file and its instruments."""

    def __init__(self, base: ExperimentReading, shelf: Shelf) -> None:
        self.shelf = shelf
        self.node = base.node
        self.reading = base
        self.faults: set[Fault] = set()
        self.bad: set[tuple[str, str]] = set()
        """Levels (factor, level) that have faults of their own."""
        self.columns: set[str] = set()
        """The columns of the items that stand on a page in some arm."""
        self.unsettled: set[str] = set()
        """The items whose columns are not known."""
        self.codes: Codes = {}
        """The answers that the closed columns take in some arm."""
        self.base = self.apply(())
        self.known = {_place(each) for each in base.faults}
        self.known.update(_place(each) for reading in shelf.values() for each in reading.faults)
        ground = Ground(self.base.plan, self.node, self.base.instrument.node if self.base.instrument else None)
        loaded = at(self.node, "data") is not None
        self.written, faults = written_factors(at(self.node, "assignment", "factors"), ground, loaded=loaded)
        self.faults.update(faults)
        self.factors = tuple(self._factor(written) for written in self.written)
        found = written_design(at(self.node, "assignment"), self.factors)
        self.design, self.arms = found.design, found.arms
        self.faults.update(found.faults)
        if self.arms is not None:
            self.faults.update(inestimable(self.node, self.arms))
        self._check_arms()

    def apply(self, levels: Iterable[WrittenLevel]) -> Applied:
        """The files with levels applied. KeyError where a path is barred."""
        pairs = [pair for level in levels for pair in level.values]
        experiment = self.node
        for path, value in pairs:
            if steps(path)[0] not in ASKED:
                experiment = replaced(experiment, steps(path), value)
        found = self.shelf.get(text_of(at(experiment, "measurement", "instrument")) or "")
        inner = [pair for pair in pairs if steps(pair[0])[0] in ASKED]
        if found is not None and inner:
            node = found.node
            for path, value in inner:
                node = replaced(node, inside(steps(path)), _with_id(path, value))
            found = read_instrument(node, found.beside, codes_of(found.instrument.items), found.forgiven)
        return Applied(self.reading if experiment is self.node else read_experiment(experiment), found)

    def _factor(self, written: WrittenFactor) -> Factor:
        levels = tuple(Level(level.name, tuple(self._sets(written, level)), level.weight) for level in written.levels)
        return Factor(written.name, tuple(written.paths), levels)

    def _sets(self, factor: WrittenFactor, level: WrittenLevel) -> Iterator[tuple[str, object]]:
        try:
            applied = self.apply([level])
        except KeyError:
            self._refuse_way(factor, level)
            return
        found = {self._moved(each, level.node) for each in applied.faults if _place(each) not in self.known}
        if factor.reaches("measurement"):
            found.update(self._instrument_there(applied, level))
        if found:
            self.bad.add((factor.name, level.name))
            self.faults.update(found)
        elif not applied.faults:
            paths = dict.fromkeys(whole(path) for path, _ in level.values)
            outer = [path for path in paths if not any(path.startswith(f"{other}.") for other in paths)]
            yield from ((path, value_at(applied.plan, path)) for path in outer if self._kept(applied, path, level))

    def _kept(self, applied: Applied, path: str, level: WrittenLevel) -> bool:
        """Whether the path still leads somewhere: a whole item or page keeps its id."""
        try:
            value_at(applied.plan, path)
        except KeyError as error:
            what = f"the level {level.name!r} takes {error.args[0]!r} away, which its path names."
            self.faults.add(fault(level.node, Finding("SL405", what, "Keep the id.")))
            return False
        return True

    def _refuse_way(self, factor: WrittenFactor, level: WrittenLevel) -> None:
        self.bad.add((factor.name, level.name))
        instrument = self.base.instrument.node if self.base.instrument else None
        for path, node in factor.paths.items():
            asked = steps(path)[0] in ASKED
            above = inside(steps(path))[:-1] if asked else steps(path)[:-1]
            if isinstance(at(instrument if asked else self.node, *above), Scalar):
                what = f"the path {path!r} leads into a single value."
                self.faults.add(fault(node, Finding("SL402", what, "Vary the whole field.")))

    def _instrument_there(self, applied: Applied, level: WrittenLevel) -> Iterator[Fault]:
        name = at(applied.experiment.node, "measurement", "instrument")
        if isinstance(name, Scalar) and within(name.start, level.node):
            yield from instrument_fault(name, self.shelf)

    @staticmethod
    def _moved(found: Fault, node: Node) -> Fault:
        inside = found.file == node.file and within((found.line, found.column), node)
        return found if inside else replace(found, file=node.file, line=node.start[0], column=node.start[1])

    def _check_arms(self) -> None:
        """Every combination of the levels that change what is asked, or of whom, as far as the design has it."""
        sampling = sum(each.reaches("sampling") for each in self.written) > 1  # one alone was read level by level
        roots = (*ASKED, "measurement", *(["sampling"] if sampling else []))
        relevant = [each for each in self.written if each.reaches(*roots) and each.levels]
        asked = Asked()
        for levels in self._combinations(relevant):
            named = tuple((factor.name, level.name) for factor, level in zip(relevant, levels, strict=True))
            if self.bad.isdisjoint(named):
                self._check_arm(levels, "·".join(f"{factor}={level}" for factor, level in named), asked)
        if not asked.arms:  # all have faults of their own; what holds without levels is still told
            self._check_arm((), "", asked)
        self.faults.update(asked.faults())

    def _combinations(self, relevant: list[WrittenFactor]) -> Iterable[tuple[WrittenLevel, ...]]:
        """Those of the arms, each once; all where the arms are not known, and none where they are too many."""
        if self.arms is not None:
            by_name = [{level.name: level for level in each.levels} for each in relevant]
            names = dict.fromkeys(tuple(arm.mapping[each.name] for each in relevant) for arm in self.arms)
            return [tuple(of[name] for of, name in zip(by_name, some, strict=True)) for some in names]
        count = prod(len(each.levels) for each in relevant)
        return product(*(each.levels for each in relevant)) if count <= MOST_ARMS else ()

    def _check_arm(self, levels: tuple[WrittenLevel, ...], arm: str, asked: Asked) -> None:
        try:
            applied = self.apply(levels)
        except KeyError as error:
            what = f"in the arm {arm} there is no {error.args[0]!r} to be varied."
            self.faults.add(fault(levels[0].node, Finding("SL402", what, "Vary what every instrument has.")))
            return
        for each in sorted(applied.faults):
            if _place(each) not in self.known:
                self.known.add(_place(each))
                self.faults.add(replace(each, what=f"in the arm {arm}: {each.what}"))
        self.faults.update(_language(applied))
        asked.ask(applied.experiment, applied.instrument, arm)
        if applied.instrument is not None:
            there = asked_items(applied.instrument.instrument)
            items = [item for item in applied.instrument.instrument.items if item.id in there]
            self.codes = {**self.codes, **codes_of(items, self.codes)}
            self.columns.update(column for item in items for column in item.columns)
            self.unsettled.update(set(applied.instrument.ids) - applied.instrument.settled)


def _place(fault: Fault) -> tuple[str, int, int, str]:
    """Where and of which kind; the words may change with what else is there."""
    return fault.file, fault.line, fault.column, fault.code


def instrument_fault(name: Scalar, shelf: Iterable[str]) -> Iterator[Fault]:
    """The fault of a name that is not an instrument's."""
    there = tuple(shelf)
    if name.text not in there:
        what = f"there is no instrument {name.text!r}."
        yield fault(name, Finding("SL421", what, offer(name.text, there, "instruments")))


def _with_id(path: str, value: Node) -> Node:
    """A whole item, page, section or group of sets that a level gives takes the id of its path where it says none."""
    way = inside(steps(path))
    if (
        len(way) != 2
        or way[0] not in ("items", "pages", "sections", "sets")
        or not isinstance(value, Keyed)
        or "id" in value.entries
    ):
        return value
    named = Scalar(value.file, value.start, value.start, way[1], plain=False, source=way[1])
    return replace(value, entries={"id": named, **value.entries})


def _language(applied: Applied) -> Iterator[Fault]:
    language = at(applied.experiment.node, "measurement", "language")
    if applied.instrument is None or not isinstance(language, Scalar) or language.value is None:
        return
    there = texts_of(at(applied.instrument.node, "languages"))
    if language.text not in there:
        what = f"the instrument {applied.instrument.instrument.name!r} has no language {language.text!r}."
        yield fault(language, Finding("SL423", what, offer(language.text, there, "languages")))
