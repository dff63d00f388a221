"""Write the pages of docs/ that follow from the plug-ins' docstrings: ``python docs/generate.py``."""

from __future__ import annotations

from pathlib import Path

from surveylab import registry

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


if __name__ == "__main__":
    (Path(__file__).parent / "plugins.md").write_text(plugins(), encoding="utf-8")
