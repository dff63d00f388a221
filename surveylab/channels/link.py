"""Link: personal links as a CSV file, for whoever sends them by other means."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from surveylab.channels import Outgoing, Receipt

SENDS = True


def send(messages: Iterable[Outgoing], target: str) -> list[Receipt]:
    """Write ``target`` with the columns unit, link, subject, body; every row written counts as sent."""
    receipts = []
    with Path(target).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit", "link", "subject", "body"])
        for message in messages:
            writer.writerow([defused(each) for each in (message.unit, message.link, message.subject, message.body)])
            receipts.append(Receipt(message.case, "sent", "link"))
    return receipts


def defused(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
