"""Calibrated weights meet their totals, are those of the definitions and of svy, and refuse what cannot be met."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import svy
from scipy.optimize import linprog

from surveylab.errors import SurveylabError
from surveylab.weighting import Calibrate, Design, PostStratify, Rake, margins_of

Margins = dict[str, dict[str, float]]


def sums(people: pd.DataFrame, weights: np.ndarray, by: str) -> dict[str, float]:
    """Totals of the weights by a column."""
    return people.assign(weight=weights).groupby(by)["weight"].sum().to_dict()


@pytest.fixture(scope="module")
def design(people: pd.DataFrame) -> Design:
    """Sites in regions."""
    return Design(people, "w", "region", "site", "sites")


@pytest.fixture(scope="module")
def sample(people: pd.DataFrame) -> svy.Sample:
    """The same for svy."""
    return svy.Sample(pl.from_pandas(people), svy.Design(stratum="region", psu="site", wgt="w"))


def test_poststratification_by_hand() -> None:
    """Weights 1, 1, 2 in two cells that have 6 and 4: 3, 3 and 4."""
    design = Design(pd.DataFrame({"w": [1.0, 1, 2], "sex": ["f", "f", "m"]}), "w")
    assert design.adjust(PostStratify({"sex": {"f": 6, "m": 4}})).weights.tolist() == pytest.approx([3, 3, 4])


def test_linear_calibration_by_hand() -> None:
    """G = 1 + lambda x with lambda = (T - sum d x) / sum d x^2: x = 1, 2 with weights 1, 1 and T = 8 give g = 2, 3."""
    design = Design(pd.DataFrame({"w": [1.0, 1], "x": [1.0, 2]}), "w")
    assert design.adjust(Calibrate(totals={"x": 8})).weights.tolist() == pytest.approx([2, 3])


def test_raking_is_that_of_svy_and_the_limit_of_exponential_calibration(
    design: Design, sample: svy.Sample, margins: Margins
) -> None:
    """Iterative proportional fitting, Newton's method, and svy's raking to its tolerance."""
    raked = design.adjust(Rake(margins))
    solved = design.adjust(Calibrate(margins, method="raking"))
    theirs = sample.weighting.rake(controls=margins, tol=1e-12, max_iter=1000, wgt_name="raked").data["raked"]
    assert raked.weights == pytest.approx(solved.weights, rel=1e-9)
    assert raked.weights == pytest.approx(theirs.to_numpy(), rel=1e-9)
    for name, totals in margins.items():
        assert sums(design.data, raked.weights, name) == pytest.approx(totals, rel=1e-11)


def test_linear_calibration_is_that_of_svy(design: Design, sample: svy.Sample, margins: Margins) -> None:
    """Margins and a numeric variable, by the generalised regression estimator."""
    total = float(design.base @ design.data["size"]) * 0.95
    mine = design.adjust(Calibrate(margins, {"size": total})).weights
    controls = {svy.Cat(name): totals for name, totals in margins.items()} | {"size": total}
    theirs = sample.weighting.calibrate(controls=controls, wgt_name="calibrated").data["calibrated"].to_numpy()
    assert mine == pytest.approx(theirs, rel=1e-9)
    assert mine @ design.data["size"] == pytest.approx(total, rel=1e-11)


def test_poststratification_is_that_of_svy(design: Design, sample: svy.Sample) -> None:
    """Cells of two crossed columns."""
    keys = [(sex, age) for sex in "fm" for age in ("young", "old", "middle")]
    cells = {key: 200.0 + 10 * k for k, key in enumerate(keys)}
    mine = design.adjust(PostStratify({("sex", "age"): cells})).weights
    theirs = sample.weighting.poststratify(controls=cells, cells=["sex", "age"], wgt_name="post").data["post"]
    assert mine == pytest.approx(theirs.to_numpy(), rel=1e-13)
    assert design.adjust(Calibrate({("sex", "age"): cells})).weights == pytest.approx(mine, rel=1e-10)


@pytest.mark.parametrize("method", ["linear", "raking", "logit"])
def test_bounds_hold_and_the_totals_too(method: str, people: pd.DataFrame) -> None:
    """g-weights that would leave the bounds stay inside, and every total is met, wherever linear programming can."""
    x = np.column_stack([np.ones(240), people["size"], people["age"] == "old", people["sex"] == "f"]).astype(float)
    data = people.assign(old=x[:, 2], women=x[:, 3])
    design, outcomes = Design(data, "w"), set()
    for high in (1.1, 1.2, 1.4, 1.8):
        bounds = (1 - (high - 1) / 2, high)
        totals = dict(zip(("size", "old", "women"), (people["w"] @ x)[1:] * (1.12, 0.9, 1.08), strict=True))
        size = float(people["w"].sum())
        targets = np.array([size, *totals.values()])
        possible = (
            linprog(np.zeros(240), A_eq=(x * people[["w"]].to_numpy()).T, b_eq=targets, bounds=bounds).status == 0
        )
        outcomes.add(possible)
        step = Calibrate(totals=totals, size=size, method=method, bounds=bounds)  # type: ignore[arg-type]
        if not possible:
            with pytest.raises(SurveylabError, match="did not converge"):
                design.adjust(step)
            continue
        weights = design.adjust(step).weights
        g = weights / design.base
        assert bounds[0] * (1 - 1e-12) <= g.min() < g.max() <= bounds[1] * (1 + 1e-12)
        assert weights @ x == pytest.approx(targets, rel=1e-9)
    assert outcomes == {True, False}


def test_the_logit_is_its_definition(design: Design, margins: Margins) -> None:
    """log((g - L)(U - 1) / ((U - g)(1 - L))) / A is linear in the auxiliary variables."""
    low, high = 0.4, 2.5
    g = design.adjust(Calibrate(margins, method="logit", bounds=(low, high))).weights / design.base
    a = (high - low) / ((1 - low) * (high - 1))
    u = np.log((g - low) * (high - 1) / ((high - g) * (1 - low))) / a
    x = np.column_stack([pd.get_dummies(design.data["age"]), design.data["sex"] == "m"]).astype(float)
    assert np.abs(u - x @ np.linalg.lstsq(x, u, rcond=None)[0]).max() < 1e-9
    assert np.ptp(u) > 0.05


def test_margins_come_from_a_frame() -> None:
    """Counts of units, or sums of weights; crossed columns by tuples."""
    frame = pd.DataFrame({"sex": ["f", "m", "f"], "age": [1, 1, 2], "n": [2.0, 3, 4]})
    assert margins_of(frame, ["sex"]) == {"sex": {"f": 2, "m": 1}}
    crossed = margins_of(frame, [("sex", "age")], weight="n")
    assert crossed == {("sex", "age"): {("f", 1): 2, ("f", 2): 4, ("m", 1): 3}}


def test_the_report_tells_every_category(design: Design, margins: Margins) -> None:
    """Total, before, after; and how the raking ended."""
    done = design.adjust(Rake(margins)).adjustments[0]
    assert done.report["category"].tolist() == ["f", "m", "middle", "old", "young"]
    assert done.report["after"].to_numpy() == pytest.approx(done.report["total"].to_numpy(), rel=1e-11)
    assert done.report["before"].to_numpy() != pytest.approx(done.report["total"].to_numpy(), rel=1e-3)
    assert done.spread["deff"]["after"] > 1


SEX = {"f": 600.0, "m": 600.0}


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Rake({"sex": SEX, "age": {"young": 300, "middle": 400, "old": 300}}), "contradict.*sex 1,200; age 1,000"),
        (Rake({"sex": SEX | {"x": 5}}), "Nobody in the sample has sex=x"),
        (Rake({"sex": {"f": 600}}), "The sample has sex=m, for which the margin gives no total"),
        (Rake({"sex": {"f": 600, "m": 0}}), "The sample has sex=m"),
        (Rake({"sex": {}}), "The margin sex is empty"),
        (Rake({}), "no margins"),
        (Rake({"sex": SEX | {"m": -1}}), "zero or more, and sex=m"),
        (Rake({"sex": SEX | {"m": float("nan")}}), "zero or more, and sex=m"),
        (Rake({"sx": SEX}), "no column 'sx'. Did you mean 'sex'"),
        (Rake({"sex": SEX | {"x": 5}, "age": {}}), "Nobody in the sample has sex=x.*The margin age is empty"),
        (PostStratify({"sex": SEX, "age": {"young": 1200}}), "has one margin"),
        (Calibrate(), "needs margins or totals"),
        (Calibrate({"sex": SEX}, method="logit"), "needs bounds"),
        (Calibrate({"sex": SEX}, bounds=(1.1, 2)), "enclose 1"),
        (Calibrate({"sex": SEX}, method="square"), "linear, raking or logit"),  # type: ignore[arg-type]
        (Calibrate({"sex": SEX}, {"one": 1200}), "one follows from sex=f; sex=m"),
        (Calibrate({"sex": SEX}, size=1000), "add up to 1,200 units, and size says 1,000"),
        (Calibrate({"sex": SEX}, {"size": float("nan")}), "total of 'size' has to be a number"),
        (Calibrate({"sex": {"f": 9000, "m": 9000}}, method="linear", bounds=(0.9, 1.1)), "did not converge.*sex=f"),
    ],
)
def test_margins_that_do_not_fit_are_refused(step: Rake, said: str, people: pd.DataFrame) -> None:
    """One clear error, with what to do, and no weights."""
    with pytest.raises(SurveylabError, match=said):
        Design(people.assign(one=1.0), "w").adjust(step)


def test_a_raking_that_cannot_converge_is_refused() -> None:
    """All women are old and all men are young, and the margins want them in other numbers."""
    data = pd.DataFrame({"w": [1.0] * 4, "sex": ["f", "f", "m", "m"], "age": ["old", "old", "young", "young"]})
    step = Rake({"sex": {"f": 2, "m": 2}, "age": {"old": 3, "young": 1}}, rounds=200)
    with pytest.raises(SurveylabError, match=r"did not converge in 200 rounds.*merge small categories"):
        Design(data, "w").adjust(step)


def test_a_failed_step_changes_nothing(design: Design, margins: Margins) -> None:
    """The design that was is what there is."""
    before = design.weights.copy()
    with pytest.raises(SurveylabError):
        design.adjust(Rake(margins), Rake({"sex": SEX | {"x": 5}}))
    assert design.adjustments == ()
    assert (design.weights == before).all()
