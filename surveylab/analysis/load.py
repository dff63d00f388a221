"""Data of an experiment that was fielded elsewhere: from a CSV file to cells, all of it or nothing.

The file has one row per case (a value of each outcome, optionally a weight) or one row per
cell (a count and the cases it is among). What is kept is sufficient statistics, so an
analysis costs the same whatever the number of rows.

Weights act twice: the mean of a cell is the weighted one and counts as Kish's effective number
of cases, (sum w)^2 / sum w^2; and a stratum stands for its share of the weights.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from surveylab import registry
from surveylab.design.experiment import Data, LoadedOutcome, Study
from surveylab.errors import DataError, Fault, SurveylabError, hint
from surveylab.store import datasets, experiments, runs
from surveylab.store.ledger import Ledger

CHUNK = 200_000
SHOWN = 50
"""Faults that are told of one file."""
SUMS = ["cases", "w", "w2", "wy", "wyy"]
Telling = Callable[[int], str]
"""What to say of a row, by its number from 0."""
MOST = 1e15
"""Of a count."""
LARGEST = 1e100
"""Of a number in a file; sums of squares of larger ones are beyond a double."""


@dataclass(frozen=True)
class Loaded:
    """What was loaded: rows of the file, cases behind them, cells that they make."""

    rows: int
    cases: int
    cells: int


def load_data(
    ledger: Ledger, study: Study, path: Path, encoding: str = "utf-8", progress: Callable[[int], None] | None = None
) -> Loaded:
    """Read the file into the cells of the study, in place of what was loaded before.

    Raises:
        DataError: every fault of the file (at most 50 are told); nothing was stored.
        SurveylabError: the study has no ``data`` section.
    """
    if study.experiment.data is None:
        raise SurveylabError(f"{study.experiment.slug} has no section `data`; say there which column is what.")
    sums, rows = _Reader(study, study.experiment.data, path, encoding).sums(progress)
    now = datetime.now(UTC)
    exp = study.experiment
    origin = {
        "path": str(path.resolve()),
        "source": study.experiment.data.source,
        "encoding": encoding,
        "shares": _shares(sums),
    }
    made = 0
    with ledger.write() as conn:
        row = experiments.register(conn, exp.slug, study.digest, study.documents, seed=exp.seed, at=now)
        for outcome in study.experiment.data.outcomes:
            table = _cells(sums[outcome.name])
            made += len(table)
            datasets.put_cells(conn, row.id, outcome.name, table, bool(registry.load("models", outcome.family).LOGGED))
        runs.record(conn, row.id, "load", study.digest, checksum(path), result=origin, at=now)
    return Loaded(rows, max(int(table["cases"].sum()) for table in sums.values()), made)


def ensure_loaded(ledger: Ledger, study: Study) -> runs.Run:
    """The run that loaded the data of an experiment, which happens now if need be.

    What was loaded is loaded again when the file or the study has changed since. A ``source``
    that the study names anew replaces a file that was given by hand.

    ``result["shares"]`` is group -> label -> share: data of others come without their frame, so
    the weights of the cases themselves stand for it.

    Raises:
        SurveylabError: nothing was loaded, and the study names no file that is there.
    """
    assert study.experiment.data is not None
    slug, source = study.experiment.slug, study.experiment.data.source
    known = _known(ledger, slug)
    kept = known is not None and known.result["source"] == source
    path = Path(known.result["path"]) if known and kept else Path(study.folder) / source if source else None
    fresh = kept and known is not None and known.design_hash == study.digest
    if known and fresh and path is not None and (not path.is_file() or checksum(path) == known.data_hash):
        return known
    if path is None or not path.is_file():
        raise SurveylabError(f"{slug} has no data; give it some with: surveylab load experiments/{slug}.yaml FILE.")
    load_data(ledger, study, path, known.result["encoding"] if known else "utf-8")
    known = _known(ledger, slug)
    assert known is not None
    return known


def _shares(sums: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, float]]:
    """The share of each stratum in the weights of the cases, of the outcome with the most cases."""
    most = max(sums.values(), key=lambda each: float(each["cases"].sum()))
    sizes = most.groupby(level="stratum")["w"].sum()
    return {"stratum": {str(label): float(size / sizes.sum()) for label, size in sizes.items()}}


def _known(ledger: Ledger, slug: str) -> runs.Run | None:
    with ledger.read() as conn:
        found = experiments.experiment(conn, slug)
        return runs.latest(conn, found.id, "load") if found else None


def checksum(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cells(sums: pd.DataFrame) -> pd.DataFrame:
    """Sufficient statistics from weighted sums.

    ``n`` is Kish's effective number (sum w)^2 / sum w^2, which is the number of cases where
    all weights are equal; total and squares are the weighted mean and mean square times n.
    """
    n = sums["w"] ** 2 / sums["w2"]
    table = pd.DataFrame(
        {
            "cases": sums["cases"].astype(int),
            "n": n,
            "total": n * sums["wy"] / sums["w"],
            "squares": n * sums["wyy"] / sums["w"],
        }
    )
    return table.reset_index()


class _Reader:
    """One pass over one file: checks every row, and adds up."""

    def __init__(self, study: Study, data: Data, path: Path, encoding: str) -> None:
        self.study = study
        self.data = data
        self.path = path
        self.encoding = "utf-8-sig" if encoding == "utf-8" else encoding
        self.faults: list[Fault] = []
        """Those of a row have its number as their line, until ``_placed`` says where it stands."""
        self.count = 0
        self.factors = {factor.name: factor.level_names for factor in study.experiment.assignment.factors}
        self.strata = study.experiment.strata
        self.keys = [*self.factors, *datasets.PLACE]

    def sums(self, progress: Callable[[int], None] | None) -> tuple[dict[str, pd.DataFrame], int]:
        """Outcome -> weighted sums by arm and group, and the number of rows."""
        parts: dict[str, list[pd.DataFrame]] = {outcome.name: [] for outcome in self.data.outcomes}
        rows = 0
        for chunk in self._chunks():
            rows += len(chunk)
            places = self._places(chunk)
            weights = self._numbers(chunk, self.data.weight, least=0.0) if self.data.weight else None
            for outcome in self.data.outcomes:
                added = self._added(chunk, outcome, weights)
                if not self.count:
                    parts[outcome.name].append(self._grouped(places, added))
            if progress:
                progress(rows)
        if self.count:
            faults = self._placed()
            if self.count > len(faults):
                what = f"there are {self.count:,} faults; this is some of them."
                faults.append(Fault(str(self.path), 0, 0, "LD99", what, "Mend these first."))
            raise DataError(faults)
        if not rows:
            self._refuse(1, "LD04", "the file has a header and no rows.", "Add a row for each case or cell.")
        return {name: pd.concat(tables).groupby(level=self.keys).sum() for name, tables in parts.items()}, rows

    def _chunks(self) -> Iterator[pd.DataFrame]:
        try:
            self._header()
            with pd.read_csv(
                self.path, dtype=str, keep_default_na=False, encoding=self.encoding, chunksize=CHUNK, index_col=False
            ) as reader:
                yield from reader
        except FileNotFoundError:
            self._refuse(0, "LD01", "there is no such file.", "Check the path.")
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            what = f"byte 0x{byte:02x} is not {error.encoding}."
            self._refuse(0, "LD02", what, "Save it as UTF-8, or say --encoding.")
        except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
            self._refuse(0, "LD03", f"it is no table: {str(error).strip()}.", "Write a CSV file with a header.")

    def _header(self) -> None:
        """Refuse a file that lacks a column or has it twice, all of them at once.

        Nor may the first row be longer than the header, for pandas goes by its length and would
        cut the row off: a decimal comma or a comma in a name is often why.
        """
        rows = self._rows()
        columns, first = (next(rows, (0, []))[1] for _ in range(2))
        if not columns:
            self._refuse(0, "LD03", "it is no table: it is empty.", "Write a CSV file with a header.")
        outcomes = self.data.outcomes
        needed = [*(self.data.factors.get(factor, factor) for factor in self.factors), *self.strata]
        needed += [name for name in (self.data.cluster, self.data.weight) if name]
        needed += [name for each in outcomes for name in (each.value, each.count, each.among) if name]
        faults = []
        for name in dict.fromkeys(needed):
            if columns.count(name) > 1:
                what = f"there are {columns.count(name)} columns {name!r}."
                faults.append(Fault(str(self.path), 1, 1, "LD06", what, "Keep one of them."))
            elif name not in columns:
                what = f"there is no column {name!r}, which the section data names."
                remedy = hint(name, columns).strip() or f"The file has: {', '.join(columns)}."
                faults.append(Fault(str(self.path), 1, 1, "LD05", what, remedy))
        if len(first) > len(columns):
            what = f"the row has {len(first)} values and the header {len(columns)} columns."
            faults.append(Fault(str(self.path), 2, 1, "LD07", what, "Put values with a comma in quotation marks."))
        if faults:
            raise DataError(faults)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """The header and the rows as pandas counts them, which passes empty lines by, each with its first line."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file)
            line = 1
            for row in reader:
                if len(row) > 1 or (row and row[0].strip()):
                    yield line, row
                line = reader.line_num + 1

    def _placed(self) -> list[Fault]:
        """The faults with the lines on which their rows begin: a quoted value may run over several."""
        wanted = {fault.line for fault in self.faults}
        lines = {row: line for row, (line, _) in enumerate(self._rows(), start=-1) if row in wanted}
        return [replace(fault, line=lines[fault.line]) for fault in self.faults]

    def _places(self, chunk: pd.DataFrame) -> pd.DataFrame:
        """Arm, stratum and cluster of every row."""
        places = pd.DataFrame(index=chunk.index)
        for factor, levels in self.factors.items():
            column = self.data.factors.get(factor, factor)
            given = places[factor] = self._text(chunk, column)

            def no_level(row: int, column: str = column, factor: str = factor, given: pd.Series[str] = given) -> str:
                return f"{column} is {given[row]!r}, which is no level of {factor!r}."

            def remedy(row: int, levels: tuple[str, ...] = levels, given: pd.Series[str] = given) -> str:
                return hint(given[row], levels).strip() or f"Levels are: {', '.join(levels)}."

            self._say(~given.isin(levels), "LD10", no_level, remedy)
        places["stratum"] = ""
        for number, name in enumerate(self.strata):
            places["stratum"] += f"{',' if number else ''}{name}=" + self._group(chunk, name)
        places["block"] = ""
        places["cluster"] = self._group(chunk, self.data.cluster) if self.data.cluster else ""
        return places

    def _group(self, chunk: pd.DataFrame, column: str) -> pd.Series[str]:
        """A column of strata or clusters: rows that are in none would make one of their own."""
        text = self._text(chunk, column)
        self._say(text == "", "LD17", lambda _: f"{column} is blank.", "Say where the row belongs, or leave it out.")
        return text

    def _text(self, chunk: pd.DataFrame, column: str | None) -> pd.Series[str]:
        """A column without the spaces around its values; a row that ends before it has a blank there."""
        return chunk[str(column)].fillna("").str.strip()

    def _added(self, chunk: pd.DataFrame, outcome: LoadedOutcome, weights: pd.Series[float] | None) -> pd.DataFrame:
        """What each row adds to the sums of an outcome."""
        if outcome.value:
            return self._of_cases(chunk, outcome, weights)
        count = self._numbers(chunk, outcome.count, least=0.0, whole=True)
        among = self._numbers(chunk, outcome.among, least=0.0, whole=True)

        def more(row: int) -> str:
            return f"{outcome.count} is {count[row]:g}, more than {outcome.among}, which is {among[row]:g}."

        self._say(count > among, "LD13", more, "A count is at most the cases that it is among.")
        return pd.DataFrame({"cases": among, "w": among, "w2": among, "wy": count, "wyy": count})

    def _of_cases(self, chunk: pd.DataFrame, outcome: LoadedOutcome, weights: pd.Series[float] | None) -> pd.DataFrame:
        y = self._numbers(chunk, outcome.value, blank=True)
        given = y.notna()
        if registry.load("models", outcome.family).LOGGED:
            short = given & (y <= 0)
            self._say(short, "LD14", lambda row: f"{outcome.value} is {y[row]:g}; a duration is above zero.")
            y = pd.Series(np.log(y.where(y > 0)), index=chunk.index)
        if outcome.family == "binary":
            other = given & ~y.isin([0.0, 1.0])
            self._say(other, "LD15", lambda row: f"{outcome.value} is {y[row]:g}; a share needs 0 or 1.")
        w = (pd.Series(1.0, index=chunk.index) if weights is None else weights).where(given, 0.0)
        y = y.fillna(0.0)
        return pd.DataFrame(
            {"cases": (given & (w > 0)).astype(float), "w": w, "w2": w**2, "wy": w * y, "wyy": w * y**2}
        )

    def _numbers(
        self,
        chunk: pd.DataFrame,
        column: str | None,
        least: float | None = None,
        whole: bool = False,
        blank: bool = False,
    ) -> pd.Series[float]:
        """A column as numbers, NaN where it is none; every such row is told, but blanks where they are allowed."""
        text = self._text(chunk, column)
        values = pd.to_numeric(text, errors="coerce").astype(float)
        largest = MOST if whole else LARGEST
        usable = values.abs() <= largest
        values = values.where(usable)
        rest = "" if not blank else " Leave it blank where there is no value."
        self._say(
            ~usable & ~(blank & (text == "")),
            "LD11",
            lambda row: f"{column} is {text[row]!r}, not a number from -{largest:g} to {largest:g}.",
            f"Mend the row.{rest}",
        )
        if least is not None:
            self._say(values < least, "LD12", lambda row: f"{column} is {text[row]}, below {least:g}.")
        if whole:
            self._say(usable & (values % 1 != 0), "LD16", lambda row: f"{column} is {text[row]}; a count is whole.")
        return values

    def _grouped(self, places: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
        return added[added["w"] > 0].groupby([places.loc[added["w"] > 0, key] for key in self.keys])[SUMS].sum()

    def _say(self, rows: pd.Series[bool], code: str, what: Telling, remedy: Telling | str = "Mend the row.") -> None:
        """Note a fault of every row that is marked; put the first ones into words."""
        marked = np.flatnonzero(rows.to_numpy())
        self.count += len(marked)
        for row in rows.index[marked[: max(SHOWN - len(self.faults), 0)]].tolist():
            told = remedy if isinstance(remedy, str) else remedy(row)
            self.faults.append(Fault(str(self.path), row, 1, code, what(row), told))

    def _refuse(self, line: int, code: str, what: str, remedy: str) -> NoReturn:
        raise DataError([Fault(str(self.path), line, min(line, 1), code, what, remedy)]) from None
