"""A frame of a million rows from its file to a draw and its audit: seconds and peak memory.

The rows a second are those of the processor's seconds, which others on the machine do not change.
The load is streamed: its rows wait in a temporary file, and its memory does not grow with them. It is
measured for CSV and Parquet, for the same file once more with one row in a hundred changed, and, with
--phones, for a file with a telephone number in every row. A draw holds the frame's columns that it
reads. The last column is the highest that the process has reached: --only measures one step by itself.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeVar

import numpy as np

from surveylab import spec
from surveylab.design.experiment import Study
from surveylab.fieldwork import recruit
from surveylab.fieldwork.frames import load_frame
from surveylab.store.ledger import open_ledger

NOW = datetime.now(UTC)
T = TypeVar("T")
SHIPPED = Path(__file__).parents[1] / "experiments" / "nps_wording_length.yaml"


FORMATS = ("csv", "parquet")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=1_000_000, help="rows of the file")
    parser.add_argument("--cases", type=int, default=500_000, help="cases to draw")
    parser.add_argument("--phones", action="store_true", help="with a telephone number in every row")
    parser.add_argument("--only", choices=FORMATS, help="load this kind of file, and nothing else")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = in_a_process(write_files, folder, chosen.units, chosen.phones)
        study = a_study(chosen.cases)
        ledger = open_ledger(f"sqlite:///{folder / 'bench.db'}")
        print(f"{'what':<34} {'seconds':>8} {'of CPU':>8} {'a second':>10} {'peak MiB':>9}")
        print(f"{'before anything':<62} {peak():>10,.0f}")
        for kind in FORMATS if chosen.only is None else (chosen.only,):
            load = partial(load_frame, ledger, f"{kind} customers", files[kind], NOW)
            tell(f"load {chosen.units:,} rows of {kind}", chosen.units, load)
        if chosen.only is None:
            customers = partial(load_frame, ledger, "customers")
            tell("load as another frame", chosen.units, partial(customers, files["csv"], NOW))
            tell("load again, 1 % changed", chosen.units, partial(customers, files["changed"], NOW))
            tell(f"draw {chosen.cases:,} cases", chosen.units, partial(recruit.draw, ledger, study, NOW))
            tell(f"audit {chosen.cases:,} cases", chosen.units, partial(recruit.audit, ledger, study.experiment.slug))
        ledger.close()


def in_a_process(function: Callable[..., T], *arguments: Any) -> T:
    """What a function gives, computed elsewhere: its memory is not that of what is measured."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def write_files(folder: Path, units: int, phones: bool) -> dict[str, Path]:
    """A list of customers with the columns that the shipped experiment reads, and two or three of identity."""
    import pyarrow as pa
    from pyarrow import parquet

    rng = np.random.default_rng(1)
    regions = rng.choice(["north", "south", "east", "west"], units)
    columns = {
        "id": [f"customer-{place:08d}" for place in range(units)],
        "first_name": ["Ann"] * units,
        "email": [f"ann{place}@example.org" for place in range(units)],
        "region": regions.tolist(),
        "age": rng.integers(16, 90, units).tolist(),
        "consented": [True] * units,
    }
    if phones:
        columns["phone"] = [f"+49151{place:08d}" for place in range(units)]
    table = pa.table(columns)
    parquet.write_table(table, folder / "customers.parquet")
    files = {"parquet": folder / "customers.parquet"}
    for name in ("csv", "changed"):
        files[name] = folder / f"{name}.csv"
        with files[name].open("w", encoding="utf-8") as file:
            file.write(",".join(columns) + "\n")
            for place, row in enumerate(zip(*columns.values(), strict=True)):
                *head, age, consented = row[:6]
                age += name == "changed" and place % 100 == 0
                file.write(",".join(map(str, (*head, age, str(consented).lower(), *row[6:]))) + "\n")
    return files


def a_study(cases: int) -> Study:
    """The shipped experiment with this many cases."""
    shipped = spec.read(SHIPPED)
    text = shipped.documents[SHIPPED.name].replace("n: 2000", f"n: {cases}")
    return spec.read_documents({**shipped.documents, SHIPPED.name: text}, SHIPPED.name)


def tell(what: str, units: int, run: Callable[[], object]) -> None:
    begun, used = perf_counter(), process_time()
    run()
    seconds, of_processor = perf_counter() - begun, process_time() - used
    print(f"{what:<34} {seconds:>8.1f} {of_processor:>8.1f} {units / of_processor:>10,.0f} {peak():>9,.0f}", flush=True)


def peak() -> float:
    """The most memory that this process has held, in MiB."""
    unit = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    main()
