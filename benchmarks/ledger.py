"""The ledger of a million drawn and assigned cases on SQLite, against a million plain rows, in one run.

The draw and the assignment are those of ``benchmarks.draw``; written are each case with its token, its
probabilities and its fields, its assignment and its first event, by ``cases.insert_sample``. The plain rows
are an id, an integer and a text, written by the driver in one transaction: the least that a table of a
million rows costs. The goal: ratio at most 8.
"""

from __future__ import annotations

import argparse
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from benchmarks.draw import SEED, a_frame, equal_arms
from surveylab.assignment import CaseView, blocked
from surveylab.randomness import stream
from surveylab.sampling import FrameView, stratified
from surveylab.store import cases, experiments
from surveylab.store.cases import NewCases
from surveylab.store.ledger import open_ledger


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1_000_000, help="cases to draw, assign and write")
    parser.add_argument("--frame", type=int, default=1_250_000, help="units in the frame")
    parser.add_argument("--strata", type=int, default=20)
    parser.add_argument("--arms", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    frame = a_frame(chosen.frame, chosen.strata)
    plain, whole = [], []
    for _ in range(chosen.repeats):
        with TemporaryDirectory(prefix="ledger-") as folder:
            plain.append(plain_rows(Path(folder) / "plain.db", chosen.cases))
            whole.append(fielded(Path(folder) / "ledger.db", frame, chosen.cases, chosen.arms))
    least = min(plain)
    print(f"{'what':<58} {'seconds':>9} {'ratio':>7}")
    print(f"{f'{chosen.cases:,} plain rows':<58} {least:>9.2f} {1:>7.2f}")
    print(f"{'draw, assignment and the whole ledger':<58} {min(whole):>9.2f} {min(whole) / least:>7.2f}")


def plain_rows(path: Path, n: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, arm INTEGER, unit TEXT)")
    rows = [(number, number % 12, f"{number:08}") for number in range(n)]
    start = perf_counter()
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO plain VALUES (?, ?, ?)", rows)
    connection.execute("COMMIT")
    seconds = perf_counter() - start
    connection.close()
    return seconds


def fielded(path: Path, frame: FrameView, n: int, count: int) -> float:
    ledger, arms, at = open_ledger(f"sqlite:///{path}"), equal_arms(count), datetime.now(UTC)
    start = perf_counter()
    sample = stratified.draw(frame, stratified.Settings(("region",), n), stream(SEED, "sample"))
    units, region = frame.ids[sample.positions], frame.fields["region"][sample.positions]
    by = blocked.Settings(("region",))
    assigned = blocked.assign(CaseView(units, {"region": region}), arms, by, stream(SEED, "assignment"), SEED)
    empty = np.full(n, "")
    drawn = NewCases(
        unit=units,
        probability=sample.probability,
        stratum=sample.stratum,
        cluster=empty,
        psu=empty,
        block=assigned.block,
        arm=assigned.arm,
        position=assigned.position,
        fields={"region": region.astype(object)},
    )
    with ledger.write() as conn:
        row = experiments.register(conn, "ledger", "digest", {}, seed=SEED, at=at)
        cases.insert_sample(conn, row.id, drawn, arms, algorithm="benchmark", at=at)
    seconds = perf_counter() - start
    ledger.close()
    return seconds


if __name__ == "__main__":
    main()
