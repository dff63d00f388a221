"""A stratified cluster sample with known design, and variances written out by their definition."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

Array = NDArray[np.float64]


@pytest.fixture(scope="session")
def people() -> pd.DataFrame:
    """240 people in 48 sites in 4 regions, with unequal weights; 60 % answered, fewer of the young."""
    rng = np.random.default_rng(20)
    n = 240
    table = pd.DataFrame(
        {
            "region": np.repeat(["north", "south", "east", "west"], 60),
            "site": np.repeat(np.arange(48), 5),
            "sites": np.repeat([40.0, 60.0, 500.0, 24.0], 60),
            "w": rng.uniform(2, 9, n),
            "arm": rng.choice(["plain", "labelled"], n),
            "sex": rng.choice(["f", "m"], n),
            "age": rng.choice(["young", "middle", "old"], n),
            "size": rng.gamma(2.0, 3.0, n),
        }
    )
    table["score"] = rng.normal(6.0, 2.0, n) + (table["age"] == "old") + rng.normal(0, 1, 48)[table["site"]]
    table["answered"] = (rng.uniform(size=n) < np.where(table["age"] == "young", 0.45, 0.7)).astype(int)
    return table


@pytest.fixture(scope="session")
def margins(people: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Totals of sex and age in the population: not those of the sample."""
    size = float(people["w"].sum())
    return {
        "sex": {"f": 0.52 * size, "m": 0.48 * size},
        "age": {"young": 0.3 * size, "middle": 0.4 * size, "old": 0.3 * size},
    }


@pytest.fixture(scope="session")
def variance() -> Callable[..., float]:
    """The linearised variance of a total, summed as it is defined: strata, sites, finite population."""

    def of(expanded: Array, people: pd.DataFrame, *, finite: bool = True) -> float:
        found = 0.0
        for _, region in people.assign(u=expanded).groupby("region"):
            totals = region.groupby("site")["u"].sum()
            m = len(totals)
            f = m / region["sites"].iloc[0] if finite else 0.0
            found += (1 - f) * m / (m - 1) * float(((totals - totals.mean()) ** 2).sum())
        return found

    return of
