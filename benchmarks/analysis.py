"""Does an analysis cost the same with 10,000 and with 1,000,000 respondents?

Loads the same 2 x 3 x 2 design over 20 strata with both numbers of cases, one row per case, and
analyses the two in turn; loading is timed apart. The goal is a ratio of at most 1.3.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from surveylab import spec
from surveylab.analysis.analyse import fit_all, ready_data
from surveylab.analysis.load import load_data
from surveylab.design.experiment import Study
from surveylab.store.ledger import Ledger, open_ledger

FACTORS = {"wording": ("a", "b"), "channel": ("a", "b", "c"), "hour": ("a", "b")}
STRATA = 20


def study(folder: Path, name: str) -> Study:
    """The design under a name of its own."""
    factors = ", ".join(f"{factor}: {{levels: [{', '.join(levels)}]}}" for factor, levels in FACTORS.items())
    path = folder / f"{name}.yaml"
    path.write_text(
        f"""
format: 1
title: Flat
data:
  source: cases.csv
  factors: {{{", ".join(f"{factor}: {factor}" for factor in FACTORS)}}}
  strata: [region]
  outcomes: {{yes: {{family: binary, value: answered}}}}
inquiries: {{effect: {{outcome: yes, contrast: {{wording: [b, a]}}, scale: risk_difference}}}}
assignment: {{scheme: complete, factors: {{{factors}}}}}
""",
        encoding="utf-8",
    )
    return spec.read(path)


def data(folder: Path, cases: int) -> Path:
    """A file with this many cases."""
    rng = np.random.default_rng(1)
    columns = {factor: rng.choice(levels, cases) for factor, levels in FACTORS.items()}
    table = pd.DataFrame({**columns, "region": rng.integers(0, STRATA, cases), "answered": rng.integers(0, 2, cases)})
    path = folder / f"{cases}.csv"
    table.to_csv(path, index=False)
    return path


def seconds(ledger: Ledger, given: Study) -> float:
    """One analysis, from the ledger to the estimates."""
    begun = time.perf_counter()
    _, refused = fit_all(ledger, ready_data(ledger, given))
    assert not refused, refused
    return time.perf_counter() - begun


def main() -> None:
    """Print the figures and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ledger = open_ledger(f"sqlite:///{folder / 'bench.db'}")
        studies = {cases: study(folder, f"flat_{cases}") for cases in (wanted.few, wanted.many)}
        for cases, given in studies.items():
            path = data(folder, cases)
            begun = time.perf_counter()
            load_data(ledger, given, path)
            print(f"load    {cases:>9,} cases {time.perf_counter() - begun:7.2f} s")
            path.unlink()
        print(f"compile {'':>15} {seconds(ledger, studies[wanted.few]):7.2f} s (first analysis of a process)")
        times: dict[int, list[float]] = {cases: [] for cases in studies}
        for _ in range(wanted.repeats):
            for cases, given in studies.items():
                times[cases].append(seconds(ledger, given))
        for cases, found in times.items():
            print(f"analyse {cases:>9,} cases {np.median(found):7.2f} s")
        ratio = np.median([b / a for a, b in zip(*times.values(), strict=True)])
        print(f"ratio   {wanted.many:,} to {wanted.few:,}: {ratio:.2f} (goal: at most 1.3)")
        ledger.close()


if __name__ == "__main__":
    main()
