"""Small files to change in tests, and a reader that tells faults apart."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from surveylab.design.experiment import Study
from surveylab.errors import Fault, SpecError
from surveylab.spec import read_documents

EXPERIMENT = """\
format: 1
title: Wording
frame: {source: customers}
sampling: {scheme: srs, n: 10}
contact: {reminders: [P3D], cap: {contacts: 4, per: P30D}, message: first}
messages:
  first: {subject: Hello, body: "Dear {unit.first_name|you}: {link|}"}
measurement: {instrument: survey}
inquiries:
  effect: {outcome: score, item: rating, contrast: {wording: [new, old]}}
assignment:
  scheme: complete
  factors:
    wording: {varies: items.rating.text, levels: {old: How likely?, new: How probable?}}
decision: {adopt_if: P(effect > 0) >= 0.95}
"""

INSTRUMENT = """\
format: 1
title: Survey
version: "1"
languages: [en]
introduction: Welcome.
thanks: Thank you.
contact: survey@example.org
pages:
  - {id: one, items: [rating]}
  - {id: two, items: [why, sources]}
items:
  - {id: rating, type: scale, text: How likely?, low: 0, high: 10}
  - {id: why, type: long_text, text: "Why {rating|that}?", applicable_if: rating <= 6}
  - {id: sources, type: multiple, text: Where from?, options: {1: Paper, 2: Web, none: None}, exclusive: [none]}
"""


class Files:
    """An experiment and its instruments, changed by replacing pieces of text."""

    def __init__(self) -> None:
        self.documents = {"wording.yaml": EXPERIMENT, "survey.yaml": INSTRUMENT}

    def change(self, old: str, new: str) -> Files:
        """Replace a piece that stands in exactly one file, once."""
        (name,) = (name for name, text in self.documents.items() if text.count(old) == 1)
        self.documents[name] = self.documents[name].replace(old, new)
        return self

    def factors(self, yaml: str) -> Files:
        """Replace the factors; the inquiry and the decision keep to the first."""
        text = self.documents["wording.yaml"]
        head, _, rest = text.partition("    wording: ")
        tail = rest.partition("\n")[2]
        self.documents["wording.yaml"] = head + textwrap.indent(textwrap.dedent(yaml), "    ") + tail
        return self

    def read(self) -> Study:
        """The study."""
        return read_documents(self.documents, "wording.yaml")

    def faults(self) -> list[Fault]:
        """The faults; AssertionError where there are none."""
        with pytest.raises(SpecError) as caught:
            self.read()
        return list(caught.value.faults)

    def codes(self) -> list[str]:
        """The codes of the faults."""
        return [fault.code for fault in self.faults()]


@pytest.fixture
def files() -> Files:
    """Files without faults."""
    return Files()


@pytest.fixture
def place() -> Callable[[Fault, Files], str]:
    """What stands at the place of a fault, to the end of the line."""

    def find(fault: Fault, files: Files) -> str:
        return files.documents[fault.file].splitlines()[fault.line - 1][fault.column - 1 :]

    return find
