"""The environment, read once into a frozen value. Every setting starts with SURVEYLAB_."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from surveylab.errors import SurveylabError

_PREFIX = "SURVEYLAB_"
_ORIGIN = re.compile(
    r"https?://([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?"
)
"""An origin as a browser writes it, in small letters."""


@dataclass(frozen=True)
class Settings:
    """What the environment may set.

    ``workspace`` holds experiments/ and instruments/ (SURVEYLAB_WORKSPACE, default: here).
    ``database_url`` is an SQLAlchemy URL (SURVEYLAB_DATABASE_URL, default: SQLite in the workspace).
    ``secret`` signs forms (SURVEYLAB_SECRET_KEY; without it one is drawn and kept in the database).
    ``base_url`` is the address that respondents' links begin with (SURVEYLAB_BASE_URL).
    ``embed_origins`` may show surveys in their pages: a list such as ``https://shop.example.org``,
    separated by spaces or commas (SURVEYLAB_EMBED_ORIGINS, default: none).
    ``console_open`` shows the console to other machines too (SURVEYLAB_CONSOLE=open).
    ``jobs_url`` is the queue of the background's jobs (SURVEYLAB_JOBS_URL, default: SQLite in the workspace).
    ``variables`` are all that begin with SURVEYLAB_: what each channel reads its settings from (``channel``).
    """

    workspace: Path
    database_url: str
    secret: str | None
    base_url: str
    console_open: bool = False
    embed_origins: tuple[str, ...] = ()
    jobs_url: str = "sqlite:///jobs.db"
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    def channel(self, name: str) -> dict[str, str]:
        """The settings of a channel: of ``sms`` the variables SURVEYLAB_SMS_URL and so on, as ``{"url": ...}``."""
        start = f"{_PREFIX}{name.upper()}_"
        return {
            key.removeprefix(start).lower(): value for key, value in self.variables.items() if key.startswith(start)
        }


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``environment`` (default: the process's own)."""
    env = os.environ if environment is None else environment
    workspace = Path(env.get("SURVEYLAB_WORKSPACE", ".")).resolve()
    return Settings(
        workspace=workspace,
        database_url=env.get("SURVEYLAB_DATABASE_URL") or f"sqlite:///{workspace / 'surveylab.db'}",
        secret=env.get("SURVEYLAB_SECRET_KEY") or None,
        base_url=env.get("SURVEYLAB_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        console_open=env.get("SURVEYLAB_CONSOLE") == "open",
        embed_origins=_origins(env.get("SURVEYLAB_EMBED_ORIGINS", "")),
        jobs_url=env.get("SURVEYLAB_JOBS_URL") or f"sqlite:///{workspace / 'jobs.db'}",
        variables={name: value for name, value in env.items() if name.startswith(_PREFIX)},
    )


def acting_account(environment: Mapping[str, str] | None = None) -> str:
    """Who acts: SURVEYLAB_ACCOUNT, else the user of the operating system, else "unknown"."""
    env = os.environ if environment is None else environment
    try:
        return env.get("SURVEYLAB_ACCOUNT", "").strip() or getpass.getuser()
    except (OSError, KeyError):  # a process without an entry among the users, as in a container
        return "unknown"


def _origins(text: str) -> tuple[str, ...]:
    """The origins of a list. SurveylabError names every entry that is none: it would be part of a header."""
    found = tuple(dict.fromkeys(text.replace(",", " ").lower().split()))
    wrong = [each for each in found if not _ORIGIN.fullmatch(each)]
    if wrong:
        raise SurveylabError(
            f"SURVEYLAB_EMBED_ORIGINS holds {', '.join(map(repr, wrong))}; write scheme and host, and the port where "
            "it is not the usual one, such as https://shop.example.org. A wildcard is not allowed."
        )
    return found
