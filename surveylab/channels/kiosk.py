"""Kiosk: a screen that people come to one after the other. Each touch is a case of its own.

Nothing is sent ahead: the people are there. With this channel an experiment is opened at its
kiosks only (``/k/<experiment>``) and has no open link; docs/surfaces.md says how one is set up.
"""

from __future__ import annotations

BY = "arrival"
