"""In-app: a prompt in a page of an app or a site, displayed to people who are there, sampled at random.

Nothing is sent ahead. The page asks for the prompt, and the case is written when it is displayed
(fieldwork.prompt); docs/surfaces.md says how a site includes it.
"""

from __future__ import annotations

from collections.abc import Iterable

from surveylab.channels import Outgoing, Receipt
from surveylab.errors import SurveylabError

SENDS = False


def send(messages: Iterable[Outgoing], target: str) -> list[Receipt]:  # noqa: ARG001 - the contract's arguments
    """Refuse: the people meet the prompt where they are.

    Raises:
        SurveylabError: always.
    """
    raise SurveylabError("A prompt in an app is displayed to who is there, not sent; put the script into the app.")
