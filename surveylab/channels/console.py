"""Console: prints what would be sent; for development."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from surveylab.channels import Outcome, Outgoing, Receipt

BY = "worker"
ADDRESS = None


class _Printer:
    def send(self, message: Outgoing) -> Receipt:
        sys.stdout.write(f"To {message.unit}\nSubject: {message.subject}\n\n{message.body}\n---\n")
        return Receipt(Outcome.SENT)


@contextmanager
def connect(settings: Mapping[str, str], target: str) -> Iterator[_Printer]:  # noqa: ARG001 - the contract's arguments
    """Write each message to standard output."""
    yield _Printer()
    sys.stdout.flush()
