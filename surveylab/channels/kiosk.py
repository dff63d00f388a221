"""Kiosk: a screen that people come to one after the other. Each touch is a case of its own.

Nothing is sent ahead: the people are there. With this channel an experiment is opened at its
kiosks only (``/k/<experiment>``) and has no open link; docs/surfaces.md says how one is set up.
"""

from __future__ import annotations

from collections.abc import Iterable

from surveylab.channels import Outgoing, Receipt
from surveylab.errors import SurveylabError

SENDS = False


def send(messages: Iterable[Outgoing], target: str) -> list[Receipt]:  # noqa: ARG001 - the contract's arguments
    """Refuse: whoever stands before the screen is nobody of a list.

    Raises:
        SurveylabError: always.
    """
    raise SurveylabError("A survey at a kiosk is met by who comes by, not sent; open /k/<experiment> on its screen.")
