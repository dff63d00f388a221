"""Console: prints what would be sent; for development."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from surveylab.channels import Outgoing, Receipt

SENDS = True


def send(messages: Iterable[Outgoing], target: str) -> list[Receipt]:
    """Write each message to standard output; ``target`` is named in the receipt."""
    receipts = []
    for message in messages:
        sys.stdout.write(f"To {message.unit}\nSubject: {message.subject}\n\n{message.body}\n\n{message.link}\n---\n")
        receipts.append(Receipt(message.case, "sent", f"console {target}"))
    return receipts
