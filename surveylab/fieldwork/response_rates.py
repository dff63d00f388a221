"""What became of the cases of an experiment: their dispositions, and the outcome rates by arm, stratum and day.

Every case is read and its code worked out anew, a thousand at a time: a disposition is never stored, so that it cannot
lie behind its history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from surveylab import rates as aapor
from surveylab.design.cases import CaseRecord
from surveylab.design.dispositions import EDITION, LABELS, RULES_VERSION, course, disposition
from surveylab.design.experiment import Experiment, Study
from surveylab.fieldwork.progress import sampled_by_chance
from surveylab.randomness import stream
from surveylab.rates import FRAME_KNOWN, Eligibility, Propagated, Rates, Sums
from surveylab.store import histories
from surveylab.store.experiments import StoredExperiment
from surveylab.store.ledger import Connection

_Key = tuple[str, str, str, str]
"""Code, letter, arm, stratum."""


@dataclass(frozen=True)
class CodeCount:
    """How many cases have a code, and the sum of their base weights (None where they have none)."""

    code: str
    label: str
    letter: str
    cases: int
    weighted: float | None
    arms: Mapping[str, int]
    """Arm (``Arm.key``) -> cases."""


@dataclass(frozen=True)
class GroupRates:
    """The outcomes of all cases, of an arm, or of a stratum; rates are None where chance sampled nobody.

    ``within``: {} for all, factor -> level for an arm, ``stratum`` -> its name for a stratum. ``propagated`` are the
    rates that hang on e with what is not known of it; None where the frame says that all are eligible.
    """

    by: Literal["all", "arm", "stratum"]
    within: Mapping[str, str]
    cases: int
    sums: Sums
    rates: Rates | None
    propagated: Propagated | None
    weighted_sums: Sums | None
    weighted: Rates | None
    weighted_propagated: Propagated | None


@dataclass(frozen=True)
class DayRates:
    """The outcomes of all cases as they stood at the end of a day: day 0 are the first 24 hours since the draw."""

    day: int
    cases: int
    sums: Sums
    rates: Rates | None
    weighted: Rates | None


@dataclass(frozen=True)
class Outcomes:
    """The dispositions of all cases of a version, and what follows from them."""

    edition: int
    """Of the AAPOR Standard Definitions: codes and letters are its."""
    rules_version: int
    sampled: bool
    """Whether chance decided who is a case; where it did not, there are counts of participation and no rates."""
    eligibility: Literal["known", "unknown"]
    """What the frame says of its units."""
    level: float
    """Of the intervals."""
    dispositions: tuple[CodeCount, ...]
    groups: tuple[GroupRates, ...]
    days: tuple[DayRates, ...]


def outcomes(
    conn: Connection, study: Study, stored: StoredExperiment, progress: Callable[[int], None] | None = None
) -> Outcomes:
    """The dispositions and rates of a version of an experiment; ``progress`` is told how many cases were read.

    Arms share one e, that of all cases: an e of its own would make arms differ in RR3 by who happened to be found
    ineligible in them. A stratum has an e of its own, and so has every day. Base weights are 1 / pi.
    """
    exp, tables = study.experiment, _Tables(stored.drawn_at)
    plans = {arm: study.plan(arm) for arm in exp.arms}
    done = 0
    for chunk in histories.case_records(conn, stored.id):
        for history in chunk:
            arm = exp.arm_of(history.levels)
            record = histories.record_of(history, exp, arm, plans[arm], only_if_begun=True)
            tables.add(record, (arm.key, history.stratum), history.probability)
        done += len(chunk)
        if progress is not None:
            progress(done)
    return _Told(tables, exp, sampled_by_chance(study)).outcomes()


@dataclass
class _Count:
    """Cases, and the sum of their weights."""

    cases: int = 0
    weight: float = 0.0

    def add(self, cases: int, weight: float) -> None:
        self.cases += cases
        self.weight += weight


class _Tables:
    """What is added up, case by case."""

    def __init__(self, begin: datetime | None) -> None:
        self.begin = begin
        self.codes: dict[_Key, _Count] = defaultdict(_Count)
        self.turns: dict[int, dict[str, _Count]] = defaultdict(lambda: defaultdict(_Count))
        """Day -> letter -> the cases that came to it, less those that left it."""
        self.weighted = True

    def add(self, record: CaseRecord, place: tuple[str, str], probability: float | None) -> None:
        """Count one case; ``place`` is its arm and its stratum."""
        found, weight = disposition(record), 1 / probability if probability else 0.0
        self.weighted &= probability is not None
        self.codes[found.code, found.letter, *place].add(1, weight)
        left = None
        for at, letter in course(record, found):
            self.begin = self.begin or at
            day = self.turns[max(0, (at - self.begin).days)]
            day[letter].add(1, weight)
            if left is not None:
                day[left].add(-1, -weight)
            left = letter


@dataclass(frozen=True)
class _Told:
    """The tables as results."""

    tables: _Tables
    exp: Experiment
    sampled: bool

    def outcomes(self) -> Outcomes:
        return Outcomes(
            edition=EDITION,
            rules_version=RULES_VERSION,
            sampled=self.sampled,
            eligibility=self.exp.frame.eligibility if self.exp.frame else "unknown",
            level=aapor.LEVEL,
            dispositions=tuple(self._codes()),
            groups=tuple(self._groups()),
            days=tuple(self._days()),
        )

    def _codes(self) -> Iterator[CodeCount]:
        for code, letter in sorted({key[:2] for key in self.tables.codes}):
            own = {key[2:]: count for key, count in self.tables.codes.items() if key[:2] == (code, letter)}
            arms = {arm.key: sum(n.cases for place, n in own.items() if place[0] == arm.key) for arm in self.exp.arms}
            weight = sum(count.weight for count in own.values())
            cases = sum(arms.values())
            yield CodeCount(code, LABELS[code], letter, cases, weight if self.tables.weighted else None, arms)

    def _groups(self) -> Iterator[GroupRates]:
        strata = sorted({key[3] for key in self.tables.codes})
        everybody = list(self.tables.codes)
        whole = self._sums(everybody)
        yield self._group("all", {}, everybody, whole)
        for arm in self.exp.arms:
            yield self._group("arm", arm.mapping, [key for key in everybody if key[2] == arm.key], whole)
        for stratum in strata if len(strata) > 1 else ():
            mine = [key for key in everybody if key[3] == stratum]
            yield self._group("stratum", {"stratum": stratum}, mine, self._sums(mine))

    def _group(
        self,
        by: Literal["all", "arm", "stratum"],
        within: Mapping[str, str],
        keys: Sequence[_Key],
        known: tuple[Sums, Sums],
    ) -> GroupRates:
        """The rates of some codes, with the e of ``known``: counted and weighted sums."""
        counted, weighted = self._sums(keys)
        found, propagated = self._rated(counted, known, 0, by, *within.values())
        heavy, heavily = self._rated(weighted, known, 1, by, *within.values()) if self.tables.weighted else (None, None)
        cases = sum(self.tables.codes[key].cases for key in keys)
        sums = weighted if self.tables.weighted else None
        return GroupRates(by, within, cases, counted, found, propagated, sums, heavy, heavily)

    def _rated(
        self, sums: Sums, known: tuple[Sums, Sums], which: int, *labels: str
    ) -> tuple[Rates | None, Propagated | None]:
        if not self.sampled:
            return None, None
        if self._e is not None:
            return aapor.rates(sums, self._e), None
        rng = stream(self.exp.seed, "eligibility", *labels)
        return aapor.rates(sums, aapor.proportional(known[which])), aapor.propagated(sums, known[0], rng)

    @property
    def _e(self) -> Eligibility | None:
        return FRAME_KNOWN if self.exp.frame and self.exp.frame.eligibility == "known" else None

    def _sums(self, keys: Iterable[_Key]) -> tuple[Sums, Sums]:
        """The counted and the weighted sums of some codes."""
        counts: dict[str, _Count] = defaultdict(_Count)
        for key in keys:
            counts[key[1]].add(self.tables.codes[key].cases, self.tables.codes[key].weight)
        return _sums(counts)

    def _days(self) -> Iterator[DayRates]:
        """Every day up to the last on which something happened; those in between stand as the day before."""
        now: dict[str, _Count] = defaultdict(_Count)
        for day in range(max(self.tables.turns, default=-1) + 1):
            for letter, count in self.tables.turns.get(day, {}).items():
                now[letter].add(count.cases, count.weight)
            counted, weighted = _sums(now)
            rated = aapor.rates(counted, self._e) if self.sampled else None
            heavy = aapor.rates(weighted, self._e) if self.sampled and self.tables.weighted else None
            yield DayRates(day, sum(count.cases for count in now.values()), counted, rated, heavy)


def _sums(counts: Mapping[str, _Count]) -> tuple[Sums, Sums]:
    """Counts by letter, and weights; what is left of a weight where nobody is, is rounding."""
    return (
        Sums.of({letter: count.cases for letter, count in counts.items()}),
        Sums.of({letter: count.weight if count.cases else 0.0 for letter, count in counts.items()}),
    )
