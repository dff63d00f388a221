"""Whatever is done to the files: a study, or faults with a place in one of the files. Nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from surveylab.design.experiment import Study
from surveylab.errors import Fault, SpecError
from surveylab.spec import read_documents
from surveylab.spec.faults import CODES

ROOT = Path(__file__).parents[3]
SHIPPED = {
    file.name: file.read_text(encoding="utf-8")
    for folder in ("experiments", "instruments")
    for file in (ROOT / folder).glob("*.yaml")
}
MAINS = [file.name for file in (ROOT / "experiments").glob("*.yaml")]
_PIECE = re.compile(r"[\w.]+|[^\w\s]|\s+")

# What is put in the place of a piece: signs with a meaning, values of every type, and names of other fields.
REPLACEMENTS = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "\n",
            "\t",
            ":",
            "- ",
            "{",
            "}",
            "[",
            "]",
            ", ",
            "&a ",
            "*a",
            "!!x ",
            "#",
            "'",
            '"',
            "|",
            ">",
            "?",
            "%",
            "@",
        ]
    ),
    st.sampled_from(
        ["null", "true", "-1", "1e999", "0x10", "9" * 50, "1/3", "P3D", "09:00", "[]", "{}", "[[]]", "{a: 1}", "~"]
    ),
    st.sampled_from(sorted({piece for text in SHIPPED.values() for piece in re.findall(r"[a-z][\w.]*", text)})),
    st.text(max_size=5),
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[dict[str, str], str]:
    """The shipped files with up to four pieces replaced."""
    main = draw(st.sampled_from(MAINS))
    documents = {name: text for name, text in SHIPPED.items() if name == main or name not in MAINS}
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(documents)))
        pieces = [match.span() for match in _PIECE.finditer(documents[name])]
        start, end = draw(st.sampled_from(pieces))
        documents[name] = documents[name][:start] + draw(REPLACEMENTS) + documents[name][end:]
    return documents, main


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(({"x.yaml": "assignment: {scheme: blocked, factors: 5}"}, "x.yaml"))
@example(({"x.yaml": "inquiries: {a: {contrast: 5}}\nassignment: {factors: {f: {levels: {a: 1, b: 2}}}}"}, "x.yaml"))
@given(mutated())
def test_mutated_files_give_a_study_or_faults_with_a_place(case):
    """Random changes never raise anything but SpecError; every fault has a known code, and stands before something."""
    documents, main = case
    study, faults = _read(documents, main)
    assert (study is None) == bool(faults)
    for fault in faults:
        assert fault.code in CODES
        assert min(fault.line, fault.column) >= 1
        line = documents[fault.file].split("\n")[fault.line - 1]
        assert line[fault.column - 1 :].strip(), f"nothing stands there: {fault}"
        assert "\n" not in str(fault)
    for arm in study.experiment.arms if study else ():
        assert study.plan(arm).contact.channel


def _read(documents: dict[str, str], main: str) -> tuple[Study | None, tuple[Fault, ...]]:
    try:
        return read_documents(documents, main), ()
    except SpecError as error:
        return None, error.faults
