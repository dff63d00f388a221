"""Sampling schemes in YAML: every example of docs/sampling.md is read, and what is wrong is told at its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surveylab import registry, spec
from surveylab.design.experiment import Study
from surveylab.errors import SpecError

ROOT = Path(__file__).parents[3]
NAME = "nps_wording_length"
SHIPPED = "sampling: {scheme: stratified, strata: [region], allocation: proportional, n: 2000}"
PAGE = (ROOT / "docs" / "sampling.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^(sampling: \{scheme: .*\})$", PAGE, re.MULTILINE)


def read(sampling: str) -> Study:
    """The shipped experiment with another sampling."""
    documents = spec.read(ROOT / "experiments" / f"{NAME}.yaml").documents
    text = documents[f"{NAME}.yaml"]
    assert SHIPPED in text
    return spec.read_documents({**documents, f"{NAME}.yaml": text.replace(SHIPPED, sampling)}, f"{NAME}.yaml")


def test_every_scheme_has_an_example_and_a_row() -> None:
    """The page knows all schemes of the folder."""
    assert {re.findall(r"scheme: (\w+)", each)[0] for each in EXAMPLES} == set(registry.names("sampling"))
    assert re.findall(r"^\| `(\w+)` \| [^|]*\| [^|]*\| [^|]*\|$", PAGE, re.MULTILINE) == [
        *("srs", "systematic", "bernoulli", "stratified", "pps", "cluster", "two_stage", "quota")
    ]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_read(example: str) -> None:
    """As they stand; an ellipsis leaves out what the reader knows."""
    study = read(example.replace("sex=f,age=old: 100, …", '"sex=f,age=old": 100'))
    assert study.experiment.sampling is not None
    assert f"scheme: {study.experiment.sampling.scheme}" in example


@pytest.mark.parametrize(
    ("sampling", "code", "words"),
    [
        ("{scheme: pps, n: 5}", "SL102", "the key 'size' of sampling is missing"),
        ("{scheme: pps, n: 5, size: x, sort: [y]}", "SL106", "sort is not read by the method sampford"),
        ("{scheme: cluster, cluster: site, cluster_count: 3}", "SL101", "unknown key 'cluster_count'"),
        ("{scheme: two_stage, cluster: site, clusters: 3}", "SL106", "units and share are given both or not at all"),
        ("{scheme: quota, strata: [sex], n: -4}", "SL106", "n is -4"),
        ("{scheme: systematic, n: 2.5}", "SL103", "expected a whole number"),
        ("{scheme: sytematic, n: 5}", "SL110", "Did you mean 'systematic'?"),
    ],
)
def test_settings_at_fault(sampling: str, code: str, words: str) -> None:
    """One fault with its code, at the sampling."""
    with pytest.raises(SpecError) as caught:
        read(f"sampling: {sampling}")
    fault = next(each for each in caught.value.faults if each.code == code)
    assert words in f"{fault.what} {fault.remedy}"
    assert fault.line == 19
