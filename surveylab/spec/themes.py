"""How the theme of an instrument is written: colours that can be read, and a logo beside the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core.core_schema import ValidationInfo
from typing_extensions import TypeAliasType

from surveylab.design.colours import DARK, LIGHT, Scheme, nearest, shortfalls
from surveylab.design.theme import Logo, Theme
from surveylab.errors import Fault
from surveylab.spec.faults import Finding, refusal
from surveylab.spec.logos import logo_of
from surveylab.spec.wording import Surroundings, shown, wrong_type

_COLOUR = r"#[0-9a-fA-F]{6}"
_FILE = r"[A-Za-z0-9_][A-Za-z0-9_-]{0,60}\.(svg|png)"


def _colour(scheme: Scheme) -> Callable[[Any], str]:
    """Reads an accent of a light or a dark screen: ``#rrggbb`` with the contrast that it needs there."""

    def check(written: Any) -> str:
        if not isinstance(written, str) or not re.fullmatch(_COLOUR, written):
            what = f"{shown(written)} is no colour."
            raise refusal(Finding("SL321", what, 'Write "#rrggbb" in quotes: behind a bare # YAML reads a comment.'))
        accent = written.lower()
        for short in shortfalls(accent, scheme):
            what = (
                f"the colour {written} has a contrast of {int(short.ratio * 100) / 100:.2f} : 1 on a {scheme.name} "
                f"screen {short.what} ({short.ground}); {short.wanted:g} : 1 is wanted."
            )
            remedy = f'The nearest that has enough everywhere is "{nearest(accent, scheme)}".'
            raise refusal(Finding("SL322", what, remedy))
        return accent

    return check


def _logo(written: Any, info: ValidationInfo) -> Logo:
    if not isinstance(written, str):
        raise refusal(wrong_type("the name of a file", written))
    if not re.fullmatch(_FILE, written):
        what = f"{shown(written)} is no name of a logo."
        raise refusal(Finding("SL323", what, "Write the name of a file beside the instrument, such as logo.svg."))
    around = info.context if isinstance(info.context, Surroundings) else Surroundings()
    found = around.beside(written)
    if found is None:
        what = f"there is no file {written!r} beside the instrument."
        raise refusal(Finding("SL323", what, "Put it there, or correct its name."))
    if isinstance(found, Fault):
        raise refusal(Finding("SL323", f"the logo {written!r}: {found.what}", found.remedy))
    logo = logo_of(written, found)
    if isinstance(logo, Finding):
        raise refusal(logo)
    return logo


def whose(theme: Theme) -> Theme:
    """A theme that says whose survey it is where it shows a logo: those who cannot see it hear the name."""
    if theme.logo is not None and theme.name is None:
        raise refusal(Finding("SL102", "the theme has a logo and no name.", "Add `name:`: it is read out instead."))
    return theme


def _spoken(check: Callable[..., Any], pattern: str, description: str) -> Any:
    schema = {"type": "string", "pattern": f"^{pattern}$", "description": description}
    return Annotated[Any, BeforeValidator(check), WithJsonSchema(schema), PlainSerializer(str)]


LightColour: Any = TypeAliasType(
    "LightColour", _spoken(_colour(LIGHT), _COLOUR, "With the contrast that words need on a light screen.")
)
DarkColour: Any = TypeAliasType(
    "DarkColour", _spoken(_colour(DARK), _COLOUR, "With the contrast that words need on a dark screen.")
)
LogoFile: Any = TypeAliasType("LogoFile", _spoken(_logo, _FILE, "An SVG or PNG beside the instrument."))
