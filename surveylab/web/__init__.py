"""The Flask application: respondents and console. Never loads PyMC."""

from __future__ import annotations

from flask import Flask

from surveylab.fieldwork.arrival import Arrivals
from surveylab.fieldwork.interview import Interview
from surveylab.fieldwork.prompt import Prompts
from surveylab.fieldwork.studies import Studies
from surveylab.settings import Settings
from surveylab.store.ledger import Ledger, open_ledger
from surveylab.store.secret import signing_secret
from surveylab.web import arrive, assets, clocks, compression, console, embed, errors, headers, kiosk, receipts, respond
from surveylab.web.application import Application
from surveylab.web.clocks import Clock
from surveylab.web.desk import EMBEDDED, NAME, Desk
from surveylab.web.forms import Forms, Signer
from surveylab.web.server import serve
from surveylab.web.stencils import Stencils

__all__ = ["create_app", "serve"]

MOST_BYTES = 1_000_000
"""Of one request. The longest form of text answers is far below."""


def create_app(settings: Settings, *, ledger: Ledger | None = None, clock: Clock | None = None) -> Flask:
    """The application of one process.

    Args:
        settings: the environment.
        ledger: an open database; by default the one of the settings, opened here.
        clock: what time it is for a request; by default the machine's own, in UTC. Only an
            application for synthetic respondents is given ``clocks.from_header``.

    Raises:
        SurveylabError: the database cannot be reached.
    """
    app = Application("surveylab", static_folder=None, template_folder=None)
    app.url_map.strict_slashes = False  # a link that was copied with a slash behind it works too
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_MEMORY_SIZE=MOST_BYTES)
    book = ledger or open_ledger(settings.database_url)
    studies = Studies(book)
    interview = Interview(book, studies)
    app.extensions[NAME] = Desk(
        settings=settings,
        ledger=book,
        studies=studies,
        interview=interview,
        arrivals=Arrivals(book, studies, interview),
        forms=Forms(Signer(settings.secret or _kept_secret(book))),
        clock=clock or clocks.system,
        prompts=Prompts(book, studies, interview.durations),
        stencils=Stencils(),
    )
    for part in (respond, arrive, console, assets, receipts):
        app.register_blueprint(part.blueprint)
    if settings.embed_origins:
        app.register_blueprint(embed.blueprint)
        app.register_blueprint(respond.blueprint, name="embedded", url_prefix=f"{EMBEDDED}/r")
    kiosk.register(app)
    errors.register(app)
    headers.register(app, settings.embed_origins)
    compression.register(app)
    return app


def _kept_secret(ledger: Ledger) -> str:
    """The secret that the ledger keeps, so that all processes and restarts sign alike."""
    with ledger.write() as conn:
        return signing_secret(conn)
