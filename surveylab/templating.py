"""The one Jinja environment. Python never contains a tag; templates/ never contains a rule.

In a checkout the templates stand at the root of the tree; a wheel carries them inside the
package, so the first folder that exists is the one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from surveylab.words import CATALOGUE


@cache
def folder() -> Path:
    """Where the templates are: inside an installed package, else beside it in the checkout."""
    package = Path(__file__).parent
    inside = package / "_templates"
    return inside if inside.is_dir() else package.parent / "templates"


@cache
def environment() -> Environment:
    """Autoescaping, strict about undefined names, compiled once per process. Templates know ``words``."""
    made = Environment(
        loader=FileSystemLoader(folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["words"] = CATALOGUE
    return made


def render(template: str, **values: object) -> str:
    """The text of a template with these values."""
    return environment().get_template(template).render(**values)
