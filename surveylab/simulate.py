"""Synthetic units and respondents, from nothing but an experiment's assumptions and a seed.

How a person behaves follows from the arm and from a stream of chance of their own, so the
same unit does the same whatever happens to others. Assumptions are read on these scales:
``response``, ``break_off``, ``item_nonresponse`` and ``straightlining`` as shares with shifts
in log odds; ``completion_time`` as a median in seconds with shifts of its logarithm; ``score``
as the mean of the latent rating of every item whose bounds hold the base, with shifts in points.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from surveylab import randomness, registry
from surveylab.design.experiment import Inquiry, Study
from surveylab.design.factors import Arm, under
from surveylab.design.instrument import Instrument, Item
from surveylab.design.terms import Scale, Value
from surveylab.questions import Entered, Person

DEFAULTS = {
    "response": 0.4,
    "break_off": 0.1,
    "item_nonresponse": 0.03,
    "straightlining": 0.1,
    "completion_time": 180.0,
}
SHARES = ("response", "break_off", "item_nonresponse", "straightlining")
TIME_SD = 0.5
"""Standard deviation of the logarithm of completion time between people."""
SPREADS_PER_SCALE = 4.5
"""A rating's latent standard deviation is its range divided by this."""
REGIONS = (("north", 0.35), ("south", 0.30), ("east", 0.20), ("west", 0.15))


def frame(size: int, seed: str) -> Iterator[tuple[str, dict[str, Value], None]]:
    """Units of a synthetic frame of customers: id, fields (region, age, years, spent), no addresses.

    ``spent`` is above 0 and skewed, and grows with the years.
    """
    rng = randomness.stream(seed, "frame")
    regions = rng.choice([name for name, _ in REGIONS], size=size, p=[share for _, share in REGIONS])
    ages = np.clip(np.round(rng.normal(47, 16, size)), 18, 95).astype(int)
    years = np.minimum(rng.poisson(6, size), ages - 18)
    spent = np.round(20 * np.sqrt(1 + years) * np.exp(rng.standard_normal(size)), 2) + 0.01
    width = len(str(size))
    for position in range(size):
        fields: dict[str, Value] = {
            "region": str(regions[position]),
            "age": int(ages[position]),
            "years": int(years[position]),
            "spent": float(spent[position]),
        }
        yield f"c{position + 1:0{width}d}", fields, None


def assumed(study: Study, outcome: str, arm: Arm) -> float:
    """What the experiment assumes for an outcome under an arm, on the natural scale."""
    says = study.experiment.assumptions.get(outcome, {})
    shift = sum(says.get(f"{factor}.{level}", 0.0) for factor, level in arm.levels)
    base = says.get("base", DEFAULTS.get(outcome, math.nan))
    if outcome in SHARES:
        return float(expit(logit(base) + shift))
    if outcome == "completion_time":
        return base * math.exp(shift)
    return base + shift


@dataclass(frozen=True)
class Behaviour:
    """What one person will do with the survey."""

    starts: bool
    leaves_at: str | None
    """The page that is opened and not submitted; None for who finishes."""
    seconds: Mapping[str, float]
    """Page -> how long it takes."""
    straightlines: bool
    leaning: float
    blank: float
    """Probability of leaving a question blank."""
    rating: float | None
    """Mean of the latent rating; None where nothing is assumed."""
    rated: frozenset[str]
    """The items that the assumed rating is about; others are answered by the leaning alone."""
    rng: np.random.Generator


def behaviour(study: Study, arm: Arm, instrument: Instrument, unit: str) -> Behaviour:
    """The behaviour of a unit under an arm; the same for the same seed, unit and arm.

    P(response) and P(break-off | started) are as assumed, where both can be (nobody responds
    without a start, so response is at most 1 - break-off); else response is. Whoever breaks off
    leaves before half of the questions are answered and so is no partial interview.
    """
    rng = randomness.stream(study.experiment.seed, "behaviour", unit)
    fate = rng.random()
    finishes = fate < assumed(study, "response", arm)
    starts = fate < _starting(study, arm)
    total = assumed(study, "completion_time", arm) * math.exp(TIME_SD * rng.standard_normal())
    pages = [page for page in instrument.pages if page.items]
    burden = [1 + sum(len(instrument.item(item).columns) for item in page.items) for page in pages]
    early = [page.id for page, share in zip(pages, np.cumsum(burden) / sum(burden), strict=True) if share < 0.5]
    leaves = str(rng.choice(early or [pages[0].id]))
    score = study.experiment.assumptions.get("score")
    return Behaviour(
        starts=starts,
        leaves_at=None if finishes else leaves,
        seconds={page.id: total * part / sum(burden) for page, part in zip(pages, burden, strict=True)},
        straightlines=bool(rng.random() < assumed(study, "straightlining", arm)),
        leaning=float(rng.standard_normal()),
        blank=assumed(study, "item_nonresponse", arm),
        rating=assumed(study, "score", arm) if score else None,
        rated=frozenset(item.id for item in instrument.items if _bounds_of_score(study, item)),
        rng=rng,
    )


def answer(item: Item, how: Behaviour) -> Entered:
    """What the person enters for an item; left-out controls are blanks.

    A row of a battery is left blank by itself, the controls of any other item only together:
    half of a sum is no answer. Nobody gets past a required item without one.
    """
    bounds = item.bounds if item.id in how.rated else None
    person = Person(
        leaning=how.leaning,
        straightlines=how.straightlines,
        location=how.rating if bounds else None,
        spread=(bounds[1] - bounds[0]) / SPREADS_PER_SCALE if bounds else None,
    )
    entered: Entered = registry.load("questions", item.type).simulate(item, person, how.rng)
    draws = how.rng.random(len(entered) if item.is_battery else min(len(entered), 1))
    if item.required:
        return entered
    kept = np.broadcast_to(draws >= how.blank, len(entered))
    return {column: values for (column, values), is_kept in zip(entered.items(), kept, strict=True) if is_kept}


def expected(study: Study, inquiry: Inquiry, level: str) -> float:
    """The assumed mean of the inquiry's outcome under one level, the other factors as they are assigned.

    As in ``models``: times are averaged as logs, everything else as it is.
    """
    arms = under(study.experiment.arms, inquiry.factor, level)
    shares = np.array([float(arm.probability) for arm in arms])
    means = np.array([_expected(study, inquiry, arm) for arm in arms])
    logs = inquiry.outcome == "completion_time"
    mean = np.average(np.log(means) if logs else means, weights=shares)
    return float(np.exp(mean) if logs else mean)


def truth(study: Study, inquiry: Inquiry) -> float | None:
    """The contrast that the assumptions imply; None where they say nothing about its outcome."""
    level, reference = inquiry.contrast
    high, low = expected(study, inquiry, level), expected(study, inquiry, reference)
    if math.isnan(high):
        return None
    if inquiry.scale in (Scale.RATIO, Scale.RISK_RATIO):
        return high / low
    if inquiry.scale is Scale.ODDS_RATIO:
        return high / (1 - high) / (low / (1 - low))
    return high - low


def _starting(study: Study, arm: Arm) -> float:
    """The assumed share that starts: who responds, and who breaks off."""
    return min(assumed(study, "response", arm) / (1 - assumed(study, "break_off", arm)), 1.0)


def _bounds_of_score(study: Study, item: Item) -> tuple[int, int] | None:
    """The bounds of an item that the assumed score is about; None where it lies off the item's scale."""
    base, bounds = study.experiment.assumptions.get("score", {}).get("base"), item.bounds
    return bounds if base is not None and bounds and bounds[0] <= base <= bounds[1] else None


def _expected(study: Study, inquiry: Inquiry, arm: Arm) -> float:
    if inquiry.outcome == "straightlining":
        return math.nan  # rows may be rated alike without it: the assumed share is the least there can be
    if inquiry.outcome == "break_off":
        return 1 - assumed(study, "response", arm) / _starting(study, arm)
    if inquiry.outcome not in ("score", "nps", "top_box", "top_two_box"):
        return assumed(study, inquiry.outcome, arm)
    instrument = study.plan(arm).instrument
    if instrument and inquiry.item in instrument.scores:
        return math.nan  # nothing is assumed of what several items come to
    item = instrument.item(inquiry.item) if instrument and inquiry.item else None
    bounds = _bounds_of_score(study, item) if item else None
    if bounds is None:
        return math.nan  # nothing is assumed of ratings on another scale
    ratings = np.arange(bounds[0], bounds[1] + 1)
    location = assumed(study, "score", arm)
    edges = norm.cdf((ratings[:-1] + 0.5 - location) / ((ratings[-1] - ratings[0]) / SPREADS_PER_SCALE))
    shares = np.diff(np.concatenate([[0.0], edges, [1.0]]))
    values = {
        "score": ratings,
        "top_box": ratings == ratings[-1],
        "top_two_box": ratings >= ratings[-1] - 1,
        "nps": 100.0 * ((ratings >= 9).astype(float) - (ratings <= 6)),
    }
    return float(shares @ values[inquiry.outcome])
