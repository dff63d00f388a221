"""A frame of a million rows from its file to a draw and its audit: seconds, rows a second and peak memory.

The load is streamed, so its memory is that of the ids and of the database's pages; a draw holds the
frame's columns that it reads. The last column is the highest that the process has reached.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np

from surveylab import spec
from surveylab.design.experiment import Study
from surveylab.fieldwork import recruit
from surveylab.fieldwork.frames import load_frame
from surveylab.store.ledger import open_ledger

SHIPPED = Path(__file__).parents[1] / "experiments" / "nps_wording_length.yaml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=1_000_000, help="rows of the file")
    parser.add_argument("--cases", type=int, default=500_000, help="cases to draw")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, study = a_file(folder, chosen.units), a_study(chosen.cases)
        ledger = open_ledger(f"sqlite:///{folder / 'bench.db'}")
        print(f"{'what':<28} {'seconds':>8} {'a second':>10} {'peak MiB':>9}")
        tell(f"load {chosen.units:,} rows", chosen.units, lambda: load_frame(ledger, "customers", path))
        tell(f"draw {chosen.cases:,} cases", chosen.units, lambda: recruit.draw(ledger, study, datetime.now(UTC)))
        tell(f"audit {chosen.cases:,} cases", chosen.units, lambda: recruit.audit(ledger, study.experiment.slug))
        ledger.close()


def a_file(folder: Path, units: int) -> Path:
    """A list of customers with the columns that the shipped experiment reads, and two of identity."""
    rng = np.random.default_rng(1)
    regions = rng.choice(["north", "south", "east", "west"], units).tolist()
    path = folder / "customers.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,first_name,email,region,age,consented\n")
        for place, (region, age) in enumerate(zip(regions, rng.integers(16, 90, units).tolist(), strict=True)):
            file.write(f"customer-{place:08d},Ann,ann{place}@example.org,{region},{age},true\n")
    return path


def a_study(cases: int) -> Study:
    """The shipped experiment with this many cases."""
    shipped = spec.read(SHIPPED)
    text = shipped.documents[SHIPPED.name].replace("n: 2000", f"n: {cases}")
    return spec.read_documents({**shipped.documents, SHIPPED.name: text}, SHIPPED.name)


def tell(what: str, units: int, run: Callable[[], object]) -> None:
    begun = perf_counter()
    run()
    seconds = perf_counter() - begun
    unit = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux KiB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(f"{what:<28} {seconds:>8.1f} {units / seconds:>10,.0f} {peak:>9,.0f}", flush=True)


if __name__ == "__main__":
    main()
