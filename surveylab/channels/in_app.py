"""In-app: a prompt in a page of an app or a site, displayed to people who are there, sampled at random.

Nothing is sent ahead. The page asks for the prompt, and the case is written when it is displayed
(fieldwork.prompt); docs/surfaces.md says how a site includes it.
"""

from __future__ import annotations

BY = "arrival"
