"""Write the pages of docs/ that follow from the code: ``python docs/generate.py``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from surveylab import registry, spec
from surveylab.design.instrument import Instrument
from surveylab.design.scores import Score
from surveylab.fieldwork.frames.faults import FRAME_CODES
from surveylab.spec.faults import CODES

TITLES = {
    "questions": "Question types",
    "sampling": "Sampling schemes",
    "assignment": "Assignment schemes",
    "outcomes": "Outcomes",
    "channels": "Channels",
    "models": "Models",
    "reports": "Reports",
    "sources": "Sources of frames",
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
    lines += ["", "## Faults of frames", ""]
    lines += [
        "`surveylab frame load` and `frame suppress` tell them in the same way; the line is that of a text file, the"
    ]
    lines += ["row of a sheet, or the number of a row, and the column counts columns. See [frames](frames.md)."]
    lines += ["", "| code | meaning |", "|---|---|"]
    lines += [f"| `{code}` | {meaning} |" for code, meaning in FRAME_CODES.items()]
    return "\n".join(lines) + "\n"


RULES = {
    "nps": "% promoters (9, 10) - % detractors (0 to 6)",
    "top_box": "% at the highest point",
    "top_two_box": "% at the two highest points",
    "mean": "mean",
    "sum": "sum",
    "level": "steps reached, one after the other",
}
"""What a rule of a score computes over respondents."""
SHIPPED = Path(__file__).parent.parent / "instruments"


def instruments() -> str:
    """What every shipped instrument asks, in which languages, from which source and with which scoring."""
    lines = ["# Shipped instruments", ""]
    lines += ["Ready to run: name one under `measurement: {instrument: name}`. `surveylab scores` computes the scores."]
    lines += ["", "| instrument | what it is | languages | pages | items |", "|---|---|---|---|---|"]
    shipped = [spec.read_instrument(path) for path in sorted(SHIPPED.glob("*.yaml"))]
    for each in shipped:
        languages, counts = ", ".join(each.languages), f"{len(each.pages)} | {len(each.items)}"
        lines.append(f"| [`{each.name}`](#{each.name}) | {_words(each, each.title)} | {languages} | {counts} |")
    for each in shipped:
        lines += ["", f"## {each.name}", ""]
        lines += [f"- {source}" for source in each.source]
        lines += ["", "| item | type | question |", "|---|---|---|"]
        lines += [f"| `{item.id}` | {item.type} | {_words(each, item.text)} |" for item in each.items]
        if each.scores:
            lines += ["", "| score | scoring | of |", "|---|---|---|"]
            lines += [f"| `{name}` | {_scoring(score)} | {_scored(score)} |" for name, score in each.scores.items()]
    return "\n".join(lines) + "\n"


def _words(instrument: Instrument, text: Mapping[str, str]) -> str:
    return " ".join(text[instrument.languages[0]].split()).replace("|", "\\|")


def _scoring(score: Score) -> str:
    parts = [RULES[score.rule]]
    if score.fewest is not None:
        parts.append(f"at least {score.fewest} answered")
    if score.reached_from is not None:
        parts.append(f"in place from {score.reached_from} on")
    if score.digits is not None:
        parts.append(f"decimals: {score.digits}" if score.digits else "rounded to the whole number")
    if score.better == "lower":
        parts.append("lower is better")
    if score.is_told:
        parts.append("told to respondents")
    return ", ".join(parts)


def _scored(score: Score) -> str:
    steps = " then ".join("; ".join(f"`{item}`" for item in step) for step in score.steps)
    turned = (f"`{item}` (reversed)" if item in score.reversed else f"`{item}`" for item in score.items)
    return steps or ", ".join(turned)


PAGES = {"plugins.md": plugins, "faults.md": faults, "instruments.md": instruments}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (Path(__file__).parent / name).write_text(page(), encoding="utf-8")
