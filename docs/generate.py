"""Write the pages of docs/ that follow from the code: ``python docs/generate.py``."""

from __future__ import annotations

from pathlib import Path

from surveylab import registry
from surveylab.spec.faults import CODES

TITLES = {
    "questions": "Question types",
    "sampling": "Sampling schemes",
    "assignment": "Assignment schemes",
    "outcomes": "Outcomes",
    "channels": "Channels",
    "models": "Models",
    "reports": "Reports",
}


def plugins() -> str:
    """A table of every plug-in with the first line of its docstring."""
    lines = ["# Plug-ins", "", "A plug-in is one file in the folder of its kind; its file name is its name in YAML."]
    for kind, title in TITLES.items():
        lines += ["", f"## {title}", "", "| name | what it is |", "|---|---|"]
        for name in registry.names(kind):
            first = (registry.load(kind, name).__doc__ or "").strip().splitlines()[0]
            lines.append(f"| `{name}` | {first} |")
    return "\n".join(lines) + "\n"


def faults() -> str:
    """A table of every code of a fault of an experiment's or instrument's file."""
    lines = ["# Faults of experiment and instrument files", ""]
    lines += ["`surveylab check` tells them as `file:line:column code what remedy`. A code never changes its meaning."]
    lines += ["", "| code | meaning |", "|---|---|"]
    lines += [f"| `{code}` | {meaning} |" for code, meaning in CODES.items()]
    return "\n".join(lines) + "\n"


PAGES = {"plugins.md": plugins, "faults.md": faults}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (Path(__file__).parent / name).write_text(page(), encoding="utf-8")
