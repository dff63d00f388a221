"""Each sampling scheme on a million units: seconds, and its ratio to plain NumPy and to svy's selection.

All run in turn in one process; the table shows the best time of each. Plain NumPy is the least that
selects so in an array language, without checks, probabilities or a stream that any version repeats. svy is
measured where it offers the same design; its frame is in polars before the clock starts. The goal: at
most 3 times plain NumPy for srs, stratified, systematic and systematic pps.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import svy

from benchmarks.draw import best_in_turn
from surveylab import registry
from surveylab.randomness import stream
from surveylab.sampling import FrameView

Run = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--n", type=int, default=100_000, help="units to draw")
    parser.add_argument("--sampford", type=int, default=2_000, help="units to draw by Sampford's design")
    parser.add_argument("--strata", type=int, default=20)
    parser.add_argument("--clusters", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    frame = a_frame(chosen.units, chosen.strata, chosen.clusters)
    table = pl.DataFrame({"id": frame.ids, **frame.fields})
    print(f"{chosen.units:,} units, {chosen.n:,} drawn ({chosen.sampford:,} by Sampford's design)")
    print(f"{'scheme':<40} {'seconds':>8} {'NumPy':>8} {'ratio':>6} {'svy':>8} {'ratio':>6}")
    for what, scheme, settings, plain, theirs in rows(frame, table, chosen):
        runs: list[Run] = [ours(scheme, frame, settings), plain, *([theirs] if theirs else [])]
        mine, numpy, *other = best_in_turn(runs, chosen.repeats)
        beside = f"{other[0]:>8.3f} {mine / other[0]:>6.2f}" if other else f"{'-':>8} {'-':>6}"
        print(f"{what:<40} {mine:>8.3f} {numpy:>8.3f} {mine / numpy:>6.2f} {beside}", flush=True)


def rows(
    frame: FrameView, table: pl.DataFrame, chosen: argparse.Namespace
) -> list[tuple[str, str, dict[str, Any], Run, Run | None]]:
    """What it is, scheme and settings, the same in plain NumPy, and in svy where it has that design."""
    n, few, rng = chosen.n, chosen.sampford, np.random.default_rng(1)
    region, size, site = (frame.fields[name] for name in ("region", "size", "site"))
    design, sized = svy.Design(), svy.Design(mos="size")
    per_stratum = n // chosen.strata
    clusters = chosen.clusters // 10

    def select(design: svy.Design, method: str, count: Any, **more: Any) -> Run:
        return lambda: getattr(svy.Sample(table, design).sampling, method)(count, rstate=1, **more)

    def stratified() -> object:
        order = np.lexsort((rng.random(len(region)), np.unique(region, return_inverse=True)[1]))
        return order[:n]

    def systematic(order: np.ndarray | None, x: np.ndarray, k: int) -> object:
        listed = x if order is None else x[order]
        points = (rng.random() + np.arange(k)) * (listed.sum() / k)
        return np.searchsorted(np.cumsum(listed), points, side="right")

    def poisson() -> object:
        return np.flatnonzero(rng.random(len(size)) < size * (few / size.sum()))

    def sites(k: int) -> np.ndarray:
        names, code = np.unique(site, return_inverse=True)
        drawn = np.zeros(len(names), dtype=bool)
        drawn[rng.permutation(len(names))[:k]] = True
        return np.flatnonzero(drawn[code])

    def two_stages() -> object:
        units = sites(clusters)
        return units[np.lexsort((rng.random(len(units)), site[units]))][:n]

    ones = np.ones(len(size))
    return [
        ("srs", "srs", {"n": n}, lambda: np.sort(rng.permutation(len(size))[:n]), select(design, "srs", n)),
        (
            f"stratified, {chosen.strata} strata",
            "stratified",
            {"strata": ("region",), "n": n},
            stratified,
            select(design, "srs", per_stratum, by="region"),
        ),
        ("systematic, by id", "systematic", {"n": n}, lambda: systematic(None, ones, n), None),
        (
            "systematic, sorted by region and age",
            "systematic",
            {"n": n, "sort": ("region", "age")},
            lambda: systematic(np.lexsort((frame.fields["age"], region)), ones, n),
            None,
        ),
        (
            "pps systematic, by id",
            "pps",
            {"n": n, "size": "size", "method": "systematic", "sort": ()},
            lambda: systematic(None, size, n),
            select(sized, "pps_sys", n),
        ),
        (
            "pps systematic, random order",
            "pps",
            {"n": n, "size": "size", "method": "systematic"},
            lambda: systematic(rng.permutation(len(size)), size, n),
            select(sized, "pps_sys", n, order_type="random"),
        ),
        ("pps sampford (NumPy: one Poisson draw)", "pps", {"n": few, "size": "size"}, poisson, None),
        (
            f"cluster, a tenth of {chosen.clusters:,}",
            "cluster",
            {"cluster": "site", "clusters": clusters},
            lambda: sites(clusters),
            None,
        ),
        (
            "two_stage, the same and 5 units each",
            "two_stage",
            {"cluster": "site", "clusters": clusters, "units": 5},
            two_stages,
            None,
        ),
        ("quota", "quota", {"strata": ("region",), "n": n}, stratified, None),
    ]


def ours(scheme: str, frame: FrameView, settings: dict[str, Any]) -> Run:
    module = registry.load("sampling", scheme)
    given = module.Settings(**settings)
    return lambda: module.draw(frame, given, stream("benchmark", "sampling"))


def a_frame(size: int, strata: int, clusters: int) -> FrameView:
    rng = np.random.default_rng(2)
    names = np.array([f"region {number:02}" for number in range(strata)])
    return FrameView(
        np.char.zfill(np.arange(size).astype(str), 8),
        {
            "region": names[rng.integers(0, strata, size)],
            "age": rng.integers(18, 95, size),
            "size": rng.lognormal(3, 0.5, size),
            "site": np.concatenate([np.repeat(np.arange(clusters), 10), rng.integers(0, clusters, size)])[:size],
        },
    )


if __name__ == "__main__":
    main()
