"""Data of an experiment that was fielded elsewhere: from a CSV file to cells, all of it or nothing.

The file has one row per case (a value of each outcome, optionally a weight) or one row per
cell (a count and the cases it is among). What is kept is sufficient statistics, so an
analysis costs the same whatever the number of rows.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd

from surveylab import registry
from surveylab.design.experiment import Data, LoadedOutcome, Study
from surveylab.errors import DataError, Fault, SurveylabError
from surveylab.store import datasets, experiments, runs
from surveylab.store.ledger import Ledger

CHUNK = 200_000
SHOWN = 50
"""Faults that are told of one file."""
SUMS = ["cases", "w", "w2", "wy", "wyy"]


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
    origin = {"path": str(path.resolve()), "encoding": encoding}
    made = 0
    with ledger.write() as conn:
        row = experiments.register(conn, exp.slug, study.digest, study.documents, seed=exp.seed, at=now)
        for outcome in study.experiment.data.outcomes:
            table = _cells(sums[outcome.name])
            made += len(table)
            datasets.put_cells(conn, row.id, outcome.name, table, bool(registry.load("models", outcome.family).LOGGED))
        runs.record(conn, row.id, "load", study.digest, checksum(path), result=origin, at=now)
    return Loaded(rows, max(int(table["cases"].sum()) for table in sums.values()), made)


def ensure_loaded(ledger: Ledger, study: Study) -> int:
    """The experiment's row, with the data loaded that its file names.

    What was loaded is loaded again when the file or the study has changed since.

    Raises:
        SurveylabError: nothing was loaded, and the study names no file that is there.
    """
    assert study.experiment.data is not None
    slug, source = study.experiment.slug, study.experiment.data.source
    known = _known(ledger, slug)
    path = Path(known.result["path"]) if known else Path(study.folder) / source if source else None
    fresh = known is not None and known.design_hash == study.digest
    if known and fresh and path is not None and (not path.is_file() or checksum(path) == known.data_hash):
        return known.experiment_id
    if path is None or not path.is_file():
        raise SurveylabError(f"{slug} has no data; give it some with: surveylab load experiments/{slug}.yaml FILE.")
    load_data(ledger, study, path, known.result["encoding"] if known else "utf-8")
    known = _known(ledger, slug)
    assert known is not None
    return known.experiment_id


def shares(tables: Iterable[pd.DataFrame]) -> dict[str, dict[str, float]]:
    """The share of the cases of each stratum, of the outcome with the most cases.

    Data of others come without their frame: the cases themselves stand for it.
    """
    table = max(tables, key=lambda each: int(each["cases"].sum()))
    sizes = table.groupby("stratum")["n"].sum()
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
            if self.count > len(self.faults):
                self._say(
                    0, "LD99", f"and {self.count - len(self.faults)} more faults.", "Mend these first.", force=True
                )
            raise DataError(self.faults)
        if not rows:
            self._say(1, "LD04", "the file has a header and no rows.", "Add a row for each case or cell.")
            raise DataError(self.faults)
        return {name: pd.concat(tables).groupby(level=self.keys).sum() for name, tables in parts.items()}, rows

    def _chunks(self) -> Iterator[pd.DataFrame]:
        try:
            with pd.read_csv(
                self.path, dtype=str, keep_default_na=False, encoding=self.encoding, chunksize=CHUNK, index_col=False
            ) as reader:
                for number, chunk in enumerate(reader):
                    if number == 0:
                        self._header(list(chunk.columns))
                    yield chunk
        except FileNotFoundError:
            self._refuse(0, "LD01", "there is no such file.", "Check the path.")
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            what = f"byte 0x{byte:02x} is not {error.encoding}."
            self._refuse(0, "LD02", what, "Save it as UTF-8, or say --encoding.")
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            self._refuse(0, "LD03", f"it is no table: {str(error).strip()}.", "Write a CSV file with a header.")

    def _header(self, columns: list[str]) -> None:
        """Refuse a file that lacks a column, all of them at once."""
        outcomes = self.data.outcomes
        needed = [*(self.data.factors.get(factor, factor) for factor in self.factors), *self.strata]
        needed += [name for name in (self.data.cluster, self.data.weight) if name]
        needed += [name for each in outcomes for name in (each.value, each.count, each.among) if name]
        for name in dict.fromkeys(needed):
            if name not in columns:
                near = get_close_matches(name, columns, n=1)
                hint = f"Did you mean {near[0]!r}?" if near else f"The file has: {', '.join(columns)}."
                self._say(1, "LD05", f"there is no column {name!r}, which the section data names.", hint)
        if self.faults:
            raise DataError(self.faults)

    def _places(self, chunk: pd.DataFrame) -> pd.DataFrame:
        """Arm, stratum and cluster of every row."""
        places = pd.DataFrame(index=chunk.index)
        for factor, levels in self.factors.items():
            column = self.data.factors.get(factor, factor)
            places[factor] = chunk[column].str.strip()
            for row in chunk.index[~places[factor].isin(levels)]:
                value = places.loc[row, factor]
                near = get_close_matches(str(value), levels, n=1)
                hint = f"Did you mean {near[0]!r}?" if near else f"Levels are: {', '.join(levels)}."
                self._say(row + 2, "LD10", f"{column} is {value!r}, which is no level of {factor!r}.", hint)
        places["stratum"] = ""
        for number, name in enumerate(self.strata):
            places["stratum"] += f"{',' if number else ''}{name}=" + chunk[name].str.strip()
        places["block"] = ""
        places["cluster"] = chunk[self.data.cluster].str.strip() if self.data.cluster else ""
        return places

    def _added(self, chunk: pd.DataFrame, outcome: LoadedOutcome, weights: pd.Series[float] | None) -> pd.DataFrame:
        """What each row adds to the sums of an outcome."""
        if outcome.value:
            return self._of_cases(chunk, outcome, weights)
        count = self._numbers(chunk, outcome.count, least=0.0, whole=True)
        among = self._numbers(chunk, outcome.among, least=0.0, whole=True)
        for row in chunk.index[count > among]:
            what = f"{outcome.count} is {count[row]:g}, more than {outcome.among}, which is {among[row]:g}."
            self._say(row + 2, "LD13", what, "A count is at most the cases that it is among.")
        return pd.DataFrame({"cases": among, "w": among, "w2": among, "wy": count, "wyy": count})

    def _of_cases(self, chunk: pd.DataFrame, outcome: LoadedOutcome, weights: pd.Series[float] | None) -> pd.DataFrame:
        given = chunk[str(outcome.value)].str.strip() != ""
        y = self._numbers(chunk, outcome.value, blank=True)
        logged = bool(registry.load("models", outcome.family).LOGGED)
        if logged:
            for row in chunk.index[given & (y <= 0)]:
                self._say(row + 2, "LD14", f"{outcome.value} is {y[row]:g}; a duration is above zero.", "Mend the row.")
            y = y.where(y > 0).map(math.log, na_action="ignore")
        if outcome.family == "binary":
            for row in chunk.index[given & y.notna() & ~y.isin([0.0, 1.0])]:
                self._say(row + 2, "LD15", f"{outcome.value} is {y[row]:g}; a share needs 0 or 1.", "Mend the row.")
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
        """A column as numbers, every row that is none told; a blank is not a number and, if allowed, no fault."""
        text = chunk[str(column)].str.strip()
        values = pd.to_numeric(text, errors="coerce").astype(float)
        bad = ~np.isfinite(values) & ~(blank & (text == ""))
        for row in chunk.index[bad]:
            self._say(row + 2, "LD11", f"{column} is {text[row]!r}, not a number.", "Mend the row.")
        if least is not None:
            for row in chunk.index[values < least]:
                self._say(row + 2, "LD12", f"{column} is {text[row]}, below {least:g}.", "Mend the row.")
        if whole:
            for row in chunk.index[np.isfinite(values) & (values % 1 != 0)]:
                self._say(row + 2, "LD16", f"{column} is {text[row]}; a count is whole.", "Mend the row.")
        return values

    def _grouped(self, places: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
        return added[added["w"] > 0].groupby([places.loc[added["w"] > 0, key] for key in self.keys])[SUMS].sum()

    def _say(self, line: int, code: str, what: str, remedy: str, force: bool = False) -> None:
        self.count += not force
        if force or len(self.faults) < SHOWN:
            self.faults.append(Fault(str(self.path), line, 1 if line else 0, code, what, remedy))

    def _refuse(self, line: int, code: str, what: str, remedy: str) -> None:
        raise DataError([Fault(str(self.path), line, 0, code, what, remedy)]) from None
