"""Which design and data an analysis is of, and when a recorded one is given again. Nothing is fitted here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from surveylab import simulate, spec
from surveylab.analysis import analyse as module
from surveylab.analysis.analyse import analyse, ready_data, record_decision
from surveylab.design.experiment import Study
from surveylab.design.results import Decision, as_json
from surveylab.errors import SpecError, SurveylabError
from surveylab.fieldwork import recruit
from surveylab.store import runs, snapshots
from surveylab.store.ledger import Ledger

Rate = Callable[[int, int], None]
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
FILE = "nps_wording_length.yaml"
INSTRUMENT = "relationship_nps.yaml"


def edit(study: Study, before: str, after: str, file: str = FILE) -> Study:
    """The study after an edit of one of its files."""
    assert before in study.documents[file]
    return spec.read_documents({**study.documents, file: study.documents[file].replace(before, after)}, FILE)


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In place of fitting: the design hash of every analysis that would fit."""
    called: list[str] = []

    def fit_all(ledger: Ledger, ready: module.Ready, progress: object) -> tuple[dict[str, object], dict[str, str]]:
        called.append(ready.study.digest)
        return {}, {}

    monkeypatch.setattr(module, "fit_all", fit_all)
    return called


@pytest.mark.usefixtures("experiment")
def test_the_same_analysis_is_not_made_twice(ledger: Ledger, study: Study, fits: list[str], rate: Rate) -> None:
    """The same design, data and code; an answer, or another decision rule, is something new."""
    first = analyse(ledger, study)
    assert analyse(ledger, study) == first
    assert len(fits) == 1
    rate(3, 10)
    assert analyse(ledger, study).data_hash != first.data_hash
    analyse(ledger, edit(study, "otherwise: continue", "otherwise: drop"))
    assert len(fits) == 3


@pytest.mark.usefixtures("experiment")
def test_the_data_are_all_that_an_analysis_reads(ledger: Ledger, study: Study) -> None:
    """Cases and shares of strata are data too, where the cells are the same."""
    ready = ready_data(ledger, study)
    (label, share), *_ = ready.shares["stratum"].items()
    hashes = {
        ready.data_hash,
        replace(ready, counts={**ready.counts, next(iter(ready.counts)): 99}).data_hash,
        replace(ready, shares={"stratum": {**ready.shares["stratum"], label: share / 2}}).data_hash,
        replace(ready, cells_hash="other").data_hash,
    }
    assert len(hashes) == 4


@pytest.mark.usefixtures("experiment")
def test_the_plan_of_the_analysis_may_change(ledger: Ledger, study: Study) -> None:
    """Rule, priors and an inquiry more: what is analysed is that file, under its own hash."""
    more = edit(
        study,
        "inquiries:\n",
        "inquiries:\n  score: {outcome: score, item: recommend, contrast: {wording: [experience, standard]}}\n",
    )
    ready = ready_data(ledger, more)
    assert ready.study.digest == more.digest != study.digest
    assert "score" in {each.name for each in ready.study.experiment.inquiries}


@pytest.mark.usefixtures("experiment")
def test_the_instrument_is_the_one_that_was_asked(ledger: Ledger, study: Study) -> None:
    """An edit of the instrument for the next experiment changes nothing of this one, nor its hash."""
    later = edit(study, "version:", "# improved\nversion:", INSTRUMENT)
    assert later.digest != study.digest
    assert ready_data(ledger, later).study.documents == study.documents
    assert ready_data(ledger, later).study.digest == study.digest


@pytest.mark.usefixtures("experiment")
@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("          en: How likely", "          en: How very likely", "levels of 'wording' set other values"),
        ("short: {pages", "brief: {pages", "'length' has the levels long, brief and had long, short"),
    ],
)
def test_other_arms_than_those_drawn_are_one_error(
    ledger: Ledger, study: Study, before: str, after: str, what: str
) -> None:
    """Cases were randomised to what was frozen; nothing is mixed, and the way out is said."""
    text = study.documents[FILE].replace(before, after)
    if "brief" in after:
        text = text.replace("[short, long]", "[brief, long]").replace("length.short", "length.brief")
    with pytest.raises(SurveylabError, match="Restore that part") as caught:
        ready_data(ledger, spec.read_documents({**study.documents, FILE: text}, FILE))
    assert what in str(caught.value)


@pytest.mark.usefixtures("experiment")
def test_an_inquiry_about_an_item_that_was_never_asked_is_told(ledger: Ledger, study: Study) -> None:
    """The file agrees with the instrument of today and not with the one that was asked."""
    text = study.documents[FILE].replace("{outcome: nps, item: recommend,", "{outcome: nps, item: advise,")
    today = replace(study, documents={**study.documents, FILE: text}, digest="of today")
    with pytest.raises(SpecError, match="advise"):
        ready_data(ledger, today)


@pytest.mark.usefixtures("fits")
def test_a_decision_is_recorded_with_the_data_that_it_was_made_on(
    ledger: Ledger, study: Study, experiment: int, rate: Rate
) -> None:
    """Answers that came in since the analysis are not what it rests on."""
    analysis = analyse(ledger, study)
    rate(3, 10)
    record_decision(ledger, study, replace(analysis, decision=Decision("adopt", "", {}, {})))
    with ledger.read() as conn:
        run = runs.latest(conn, experiment, "decision")
    assert run is not None
    assert (run.design_hash, run.data_hash) == (analysis.design_hash, analysis.data_hash)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_results_hold_finite_numbers_only(number: float) -> None:
    """JSON has no others; whatever made one stops here."""
    with pytest.raises(ValueError, match="not a number that JSON has"):
        as_json(Decision("adopt", "", {"P(a > 0)": number}, {}))


@pytest.mark.parametrize(("scheme", "decided"), [("cluster\n  cluster: region", False), ("cluster\n  batch: 1", True)])
def test_few_clusters_decide_nothing(ledger: Ledger, study: Study, scheme: str, *, decided: bool) -> None:
    """Four regions are not ten in each arm: the rule's `otherwise`, and why; forty clusters of one case are enough.

    The sample ratio is that of the clusters: forty cases in four regions are no forty draws.
    """
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "x", simulate.frame(80, "s"), BEGIN)
    changed = edit(study, "scheme: blocked\n  blocks: [region]", f"scheme: {scheme}")
    recruit.draw(ledger, changed, BEGIN)
    ready = module.ready_data(ledger, changed)
    fitted = {each.name: module.Fitted((), np.full(100, 9.0), None) for each in changed.experiment.inquiries}
    decision = module._decision(ready, fitted)
    assert decision is not None
    assert ("Not decided" not in decision.reason) == decided
    assert ready.sample_ratio is not None
    assert sum(ready.sample_ratio.observed.values()) == (40 if decided else 4)
