"""Weights and estimates on a million rows: seconds, and the ratio to svy by itself.

Both do the same on the same columns, in turn in one process; the table shows the best time of each.
svy starts from a polars frame, ours from pandas: checks of the columns, codes for strata and arms, and
the covariance of differences are in our time only. The goal: at most twice svy for a mean by arm with strata.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd
import polars as pl
import svy

from benchmarks.draw import best_in_turn
from surveylab import weighting

Run = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--strata", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    table = a_sample(chosen.rows, chosen.strata)
    print(f"{chosen.rows:,} rows, {chosen.strata} strata, 4 arms")
    print(f"{'what':<40} {'seconds':>8} {'svy':>8} {'ratio':>6}")
    for what, ours, theirs in rows(table):
        mine, other = best_in_turn([ours, theirs], chosen.repeats)
        print(f"{what:<40} {mine:>8.3f} {other:>8.3f} {mine / other:>6.2f}", flush=True)


def a_sample(size: int, strata: int) -> pd.DataFrame:
    """People with weights, strata, an arm, two categories and a score."""
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "region": rng.choice([f"r{number:02d}" for number in range(strata)], size),
            "arm": rng.choice(["a", "b", "c", "d"], size),
            "sex": rng.choice(["f", "m"], size),
            "age": rng.choice(["1", "2", "3", "4", "5"], size),
            "w": rng.uniform(1, 5, size),
            "score": rng.normal(size=size),
        }
    )


def rows(table: pd.DataFrame) -> list[tuple[str, Run, Run]]:
    """What it is, ours, and svy's."""
    frame, spec = pl.from_pandas(table), svy.Design(stratum="region", wgt="w")
    whole = float(table["w"].sum())
    margins = {"sex": {"f": 0.52 * whole, "m": 0.48 * whole}, "age": dict.fromkeys("12345", whole / 5)}
    design = weighting.Design(table, "w", strata="region")
    terms = {svy.Cat(name): totals for name, totals in margins.items()}
    return [
        (
            "mean by arm, with the design",
            lambda: weighting.mean(weighting.Design(table, "w", strata="region"), "score", by="arm").differences(),
            lambda: svy.Sample(frame, spec).estimation.mean("score", by="arm"),
        ),
        (
            "mean by arm, design at hand",
            lambda: weighting.mean(design, "score", by="arm").differences(),
            lambda: svy.Sample(frame, spec).estimation.mean("score", by="arm"),
        ),
        (
            "raking to two margins",
            lambda: design.adjust(weighting.Rake(margins)),
            lambda: svy.Sample(frame, spec).weighting.rake(
                controls=margins, tol=1e-12, max_iter=1000, wgt_name="raked"
            ),
        ),
        (
            "linear calibration to two margins",
            lambda: design.adjust(weighting.Calibrate(margins)),
            lambda: svy.Sample(frame, spec).weighting.calibrate(controls=terms, wgt_name="calibrated"),
        ),
    ]


if __name__ == "__main__":
    main()
