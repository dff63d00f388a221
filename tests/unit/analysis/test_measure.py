"""What is measured anew, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from surveylab.analysis.measure import measure_all
from surveylab.design import scoring
from surveylab.design.experiment import Study
from surveylab.outcomes import nps
from surveylab.store import datasets, runs
from surveylab.store.ledger import Ledger

Rate = Callable[[int, int], None]
NPS = "nps(recommend)"


def total(ledger: Ledger, experiment: int, measure: str = NPS) -> tuple[int, float]:
    """Cases and sum of a measure."""
    with ledger.read() as conn:
        table = datasets.cells(conn, experiment, measure)
    return int(table["cases"].sum()), float(table["total"].sum())


def without(study: Study, *inquiries: str) -> Study:
    """The study without these inquiries, as if it were another file."""
    kept = tuple(each for each in study.experiment.inquiries if each.name not in inquiries)
    return replace(study, experiment=replace(study.experiment, inquiries=kept), digest=study.digest[::-1])


def test_only_cases_with_a_new_event_are_measured(ledger: Ledger, study: Study, experiment: int, rate: Rate) -> None:
    """All at first, also where a measure has no value at all yet; then those that did something; then none."""
    assert measure_all(ledger, study, experiment) == 40
    assert measure_all(ledger, study, experiment) == 0
    rate(3, 10)
    assert measure_all(ledger, study, experiment) == 1
    assert total(ledger, experiment) == (1, 100.0)
    rate(3, 2)
    assert measure_all(ledger, study, experiment) == 1
    assert total(ledger, experiment) == (1, -100.0)
    assert measure_all(ledger, study, experiment) == 0


def test_a_new_version_of_a_rule_is_applied_to_every_case(
    ledger: Ledger, study: Study, experiment: int, rate: Rate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values of the old rule do not stay among those of the new one."""
    rate(3, 9)
    measure_all(ledger, study, experiment)
    monkeypatch.setattr(scoring, "PROMOTERS_FROM", 10)
    assert measure_all(ledger, study, experiment) == 0
    monkeypatch.setattr(nps, "VERSION", nps.VERSION + 1)
    assert measure_all(ledger, study, experiment) == 40
    assert total(ledger, experiment) == (1, 0.0)


def test_a_measure_that_comes_back_is_computed_anew(ledger: Ledger, study: Study, experiment: int, rate: Rate) -> None:
    """Its values are from before the last change of a case otherwise."""
    rate(3, 10)
    measure_all(ledger, study, experiment)
    rate(3, 2)
    measure_all(ledger, without(study, "wording_on_nps", "length_on_nps"), experiment)
    assert measure_all(ledger, study, experiment) == 40
    assert total(ledger, experiment) == (1, -100.0)


def test_other_strata_make_other_cells(ledger: Ledger, study: Study, experiment: int) -> None:
    """A plan that adjusts for one field more has cells by that field, though no case changed."""
    measure_all(ledger, study, experiment)
    by = tuple(replace(each, by="years") for each in study.experiment.inquiries)
    measure_all(ledger, replace(study, experiment=replace(study.experiment, inquiries=by), digest="other"), experiment)
    with ledger.read() as conn:
        table = datasets.cells(conn, experiment, "response")
    assert table["stratum"].str.contains(",years=").all()
    assert table["cases"].sum() == 40


def test_a_measurement_that_was_cut_short_is_done_again(
    ledger: Ledger, study: Study, experiment: int, rate: Rate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cells are complete although the cases were marked as measured before they were added up."""
    measure_all(ledger, study, experiment)
    rate(3, 10)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(datasets, "refresh_cells", stopped)
        with pytest.raises(KeyboardInterrupt):
            measure_all(ledger, study, experiment)
    assert measure_all(ledger, study, experiment) == 40
    assert total(ledger, experiment) == (1, 100.0)


def test_respondents_can_write_while_cases_are_measured(
    ledger: Ledger, study: Study, experiment: int, rate: Rate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that comes in between is taken, and is in the next measurement."""
    compute = nps.compute
    came = []

    def and_meanwhile(*given: object) -> float | None:
        if not came:
            came.append(rate(3, 10))
        return compute(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(nps, "compute", and_meanwhile)
    measure_all(ledger, study, experiment)
    assert measure_all(ledger, study, experiment) == 1
    assert total(ledger, experiment) == (1, 100.0)
    with ledger.read() as conn:
        last = runs.latest(conn, experiment, "measurement")
    assert last is not None
    assert last.result[NPS] == nps.VERSION
