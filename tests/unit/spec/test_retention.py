"""How long something is kept, as a file says it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from surveylab.design.experiment import Retention
from surveylab.errors import SpecError

from ..fieldwork.test_forgetting import study


def test_durations_and_years_are_read() -> None:
    """A year is 365 days; what is not said is kept."""
    said = study("retention: {addresses: P90D, texts: P2Y}\n").experiment.retention
    assert said == Retention(timedelta(days=90), timedelta(days=730))
    assert study("retention: {texts: P13W}\n").experiment.retention == Retention(None, timedelta(weeks=13))
    assert study().experiment.retention == Retention()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("retention: {addresses: P20D}", "SL442"),
        ("retention: {texts: PT12H}", "SL442"),
        ("contact: {closes: P100D}\nretention: {addresses: P90D}", "SL442"),
        ("retention: {addresses: P3M}", "SL108"),
        ("retention: {addresses: 90}", "SL108"),
        ("retention: {names: P90D}", "SL101"),
        ("contact: {closes: P1Y}", "SL108"),
    ],
)
def test_what_cannot_be_kept_so_is_a_fault(said: str, code: str) -> None:
    """Less than the field is open (21 days where nothing is said), and what is no duration."""
    with pytest.raises(SpecError) as caught:
        study(f"{said}\n")
    assert [fault.code for fault in caught.value.faults] == [code]
