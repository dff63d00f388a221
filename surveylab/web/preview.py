"""The preview of all arms as one document: for the console, or as a file that loads nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from surveylab.design.experiment import Study
from surveylab.design.factors import Arm
from surveylab.fieldwork.pages import SurveyView
from surveylab.fieldwork.preview import Difference, Preview, preview
from surveylab.fieldwork.sitting import Sitting
from surveylab.templating import render
from surveylab.web import assets, present
from surveylab.web.forms import Ticket

UNSIGNED = Ticket("", "")
"""Of forms that are looked at and not sent: the frames of a preview send none."""

Files = Callable[[SurveyView], assets.Addresses]
"""What the pages of a survey load, which follows its theme: each arm may have one of its own."""


@dataclass(frozen=True)
class Way:
    """One way in which a page is shown, and the arms that show it so; ``document`` is None where it is not shown."""

    arms: tuple[Arm, ...]
    document: str | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Ways:
    """A page in every way in which it is shown, that of the first arm first."""

    name: str
    notes: tuple[str, ...]
    ways: tuple[Way, ...]


def document(study: Study, language: str | None = None, *, back: str | None = None) -> str:
    """The text of the preview.

    Args:
        study: the experiment with its instruments.
        language: of the pages; by default that of each arm.
        back: the address of the page of the console that it belongs to; without one, it stands
            by itself and carries its stylesheets.

    Raises:
        SurveylabError: the experiment asks nothing, or no instrument of it has the language.
    """
    seen = preview(study, language)
    files = assets.addresses_for if back else assets.carried_for
    return render(
        "preview/preview.html",
        preview=seen,
        pages=tuple(_pages(seen, files)),
        assets={"preview": f"/assets/{assets.preview_asset().name}"},
        back=back,
    )


def _pages(seen: Preview, files: Files) -> Iterator[Ways]:
    yield Ways(
        "Before the first page", (), _ways(seen.arms, (_around(each, "landing", files) for each in seen.landings))
    )
    for page in seen.pages:
        texts = [
            present.page_text(each.view, UNSIGNED, files(each.view.survey)) if each.view else None for each in page.arms
        ]
        yield Ways(f"Page {page.page}", page.notes, _ways(seen.arms, texts, [each.differences for each in page.arms]))
    yield Ways("At the end", (), _ways(seen.arms, (_around(each, "thanks", files) for each in seen.landings)))


def _around(sitting: Sitting, template: str, files: Files) -> str:
    values = {"forged": False, "started": False, "ticket": UNSIGNED, "action": "", "minutes": None, "go_on_at": None}
    return present.plain_text(sitting.survey, template, files(sitting.survey), **values)


def _ways(
    arms: tuple[Arm, ...], texts: Iterable[str | None], differences: list[tuple[Difference, ...]] | None = None
) -> tuple[Way, ...]:
    """Arms that show the same text are one way; what differs is told for the first of them."""
    found: dict[str | None, tuple[list[Arm], tuple[Difference, ...]]] = {}
    told = differences or [()] * len(arms)
    for arm, text, each in zip(arms, texts, told, strict=True):
        found.setdefault(text, ([], each))[0].append(arm)
    return tuple(Way(tuple(same), text, each) for text, (same, each) in found.items())
