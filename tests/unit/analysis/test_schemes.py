"""Schemes compared on their frame: closed forms by hand, a ledger from draw to result, what cannot be had."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from surveylab import simulate, spec
from surveylab.analysis.schemes import _Scheme, compare
from surveylab.cli.schemes import say_schemes
from surveylab.design.experiment import Study
from surveylab.design.results import as_json
from surveylab.design.schemes import SchemeResult
from surveylab.errors import SurveylabError
from surveylab.fieldwork import recruit
from surveylab.store import cases, experiments, responses, snapshots
from surveylab.store.ledger import Ledger

SHIPPED = Path(__file__).parents[3] / "experiments" / "sampling_schemes.yaml"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FRAME = {"x": np.arange(1.0, 11.0), "half": np.array(["a", "b"] * 5)}
"""Ten units: the mean of x is 5.5, its variance 8.25."""


def result(x: list[float], probability: list[float], answered: list[int], **more: Any) -> SchemeResult:
    """The result of these cases, each contacted once."""
    n = len(x)
    columns = {"unit": [f"u{i}" for i in range(n)], "stratum": [""] * n, "psu": [""] * n, "contacts": [1] * n}
    known = [{"x": value, "half": "ab"[place % 2]} for place, value in enumerate(x)]
    rows = pd.DataFrame({**columns, "fields": known, "probability": probability, "value": answered, **more})
    return _Scheme(rows, FRAME, ("x",), ()).result({"scheme": "s"}, "srs")


def test_equal_weights_by_hand() -> None:
    """Of 2, 4, 6, 8 three answer: rate 3/4 with variance pq/(n-1); mean 4 with that of its linearised residuals."""
    found = result([2, 4, 6, 8], [0.4] * 4, [1, 1, 1, 0])
    assert (found.cases, found.contacts, found.respondents) == (4, 4, 3)
    assert found.response_rate == pytest.approx(3 / 4)
    assert found.response_se == pytest.approx(np.sqrt(3 / 4 * 1 / 4 / 3))
    assert found.contacts_per_respondent == pytest.approx(4 / 3)
    assert found.deff == pytest.approx(1)
    (field,) = found.fields
    assert (field.truth, field.cases, field.respondents) == (5.5, 5.0, 4.0)
    assert field.error == pytest.approx((4 - 5.5) / np.sqrt(8.25))
    variance = 4 / 3 * ((2 - 4) ** 2 + 0 + (6 - 4) ** 2) / 3**2
    assert field.standard_error == pytest.approx(np.sqrt(variance))
    assert field.worth == pytest.approx(8.25 / (variance * 4))


def test_unequal_weights_by_hand() -> None:
    """Weights 10 and 2: the mean of 1 and 7 is 2; Kish's deff is 2 x 104/144."""
    found = result([1, 7], [0.1, 0.5], [1, 1])
    assert found.fields[0].cases == pytest.approx(2.0)
    assert found.deff == pytest.approx(2 * 104 / 144)


def test_contacts_are_what_was_sent() -> None:
    """Two reminders to one case cost: 6 contacts for 2 respondents; before anything is sent the cases count."""
    assert result([1, 2, 3], [0.3] * 3, [1, 1, 0], contacts=[1, 2, 3]).contacts_per_respondent == 3.0
    assert result([1, 2, 3], [0.3] * 3, [1, 1, 0], contacts=[0, 0, 0]).contacts == 3


def test_quotas_have_means_and_no_errors() -> None:
    """No probability: unweighted, no standard error, no deff, no R, and a note that says so."""
    found = result([2, 4, 6], [np.nan] * 3, [1, 0, 1])
    assert found.response_rate == pytest.approx(2 / 3)
    assert found.fields[0].respondents == pytest.approx(4.0)
    nothing = (found.response_se, found.deff, found.r, found.fields[0].standard_error, found.fields[0].worth)
    assert nothing == (None,) * 5
    assert "no probability sample" in found.notes[0]


def test_nobody_answered() -> None:
    """Means of cases stand; those of respondents are absent."""
    found = result([2, 4, 6], [0.3] * 3, [0, 0, 0])
    assert found.response_rate == 0.0
    assert found.contacts_per_respondent is None
    assert (found.fields[0].respondents, found.fields[0].error) == (None, None)


def shipped(*changes: tuple[str, str]) -> Study:
    """The shipped comparison with 20 cases by each scheme."""
    documents = spec.read(SHIPPED).documents
    text = documents[SHIPPED.name].replace("n: 300", "n: 20")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return spec.read_documents({**documents, SHIPPED.name: text}, SHIPPED.name)


def drawn(ledger: Ledger, study: Study) -> list[cases.Case]:
    """Its cases, drawn from 300 synthetic customers."""
    with ledger.write() as conn:
        snapshots.replace_frame(conn, "customers", "x", simulate.frame(300, "s"), NOW)
    recruit.draw(ledger, study, NOW)
    with ledger.read() as conn:
        row = experiments.experiment(conn, study.experiment.slug)
        assert row is not None
        return list(cases.tokens(conn, row.id))


def test_the_shipped_comparison(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    """Three schemes in the order of the file; weights restore the frame, and two kinds of contacts are counted."""
    study = shipped()
    drawn_cases = drawn(ledger, study)
    with ledger.write() as conn:
        for case in drawn_cases:
            for step in range(2 if case.levels["scheme"] == "pps" else 1):
                responses.append_event(conn, case.id, NOW, "sent", key=f"{case.id}:sent:{step}")
    found = compare(ledger, study)
    assert [each.levels["scheme"] for each in found.schemes] == ["srs", "stratified", "pps"]
    assert [each.scheme for each in found.schemes] == ["srs", "stratified", "pps"]
    assert [each.cases for each in found.schemes] == [20, 20, 20]
    assert [each.contacts for each in found.schemes] == [20, 20, 40]
    assert found.eligible == 300
    assert found.on == ("region",)
    truth = np.mean([fields["spent"] for _, fields, _ in simulate.frame(300, "s")])
    for each in found.schemes:
        fields = {field.field: field for field in each.fields}
        assert set(fields) == {"age", "years", "spent"}
        assert fields["spent"].truth == pytest.approx(truth)
        assert each.r is None
        assert any("no R-indicator" in note for note in each.notes)
    json.dumps(as_json(found), allow_nan=False)
    say_schemes(found)
    assert "spent, pps" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("varies", "levels"),
    [
        ("sampling", "{a: {scheme: srs, n: 5}, b: {scheme: stratified, strata: [region], n: 5}}"),
        ("[sampling]", "{a: {sampling: {scheme: srs, n: 5}}, b: {sampling: {scheme: quota, strata: [region], n: 5}}}"),
        ("sampling.strata", "{a: [years], b: [region]}"),
        ("[sampling.strata]", "{a: {sampling.strata: [years]}, b: {sampling.strata: [region]}}"),
    ],
)
def test_strata_of_levels_are_strata_of_the_analysis(varies: str, levels: str) -> None:
    """Else a level that draws small strata more often would be compared with their shares in the sample."""
    text = spec.read(SHIPPED).documents[SHIPPED.name]
    begin, end = text.index("      varies: sampling\n"), text.index("contact:")
    text = f"{text[:begin]}      varies: {varies}\n      levels: {levels}\n{text[end:]}"
    text = text.replace("[stratified, srs]", "[b, a]").replace("[pps, srs]", "[b, a]")
    if "sampling.strata" in varies:
        text = text.replace("sampling: {scheme: srs, n: 300}", "sampling: {scheme: stratified, strata: [age], n: 300}")
    text += "estimators: {size_on_response: {adjust: [region]}}\n"
    read = spec.read_documents({**spec.read(SHIPPED).documents, SHIPPED.name: text}, SHIPPED.name)
    assert "region" in read.experiment.strata


def test_what_cannot_be_compared(ledger: Ledger) -> None:
    """Before the draw, and where response is not measured."""
    with pytest.raises(SurveylabError, match="was not drawn from a frame; run surveylab draw"):
        compare(ledger, shipped())
    study = shipped()
    drawn(ledger, study)
    no_response = replace(study.experiment, inquiries=(), decision=None)
    with pytest.raises(SurveylabError, match="does not measure response"):
        compare(ledger, replace(study, experiment=no_response))
