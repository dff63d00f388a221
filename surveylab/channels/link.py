"""Link: personal links as a CSV file, for whoever sends them by other means."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from surveylab.channels import Outcome, Outgoing, Receipt

BY = "hand"
ADDRESS = None


class _List:
    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def send(self, message: Outgoing) -> Receipt:
        cells = (message.unit, message.link, message.subject, message.body)
        self._writer.writerow([defused(each) for each in cells])
        return Receipt(Outcome.SENT)


@contextmanager
def connect(settings: Mapping[str, str], target: str) -> Iterator[_List]:  # noqa: ARG001 - the contract's arguments
    """Write ``target`` with the columns unit, link, subject, body; every row written counts as sent."""
    with Path(target).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit", "link", "subject", "body"])
        yield _List(writer)


def defused(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
