"""Commands before fieldwork: are the files right?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from surveylab.cli._terminal import json_option, say_json, say_mappings, spec_argument, study_of


@click.command()
@click.argument("specs", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
def check(specs: tuple[Path, ...]) -> None:
    """Tell every fault of experiment files and the instruments they name, at once.

    \b
    Example: surveylab check experiments/*.yaml
    """
    from surveylab import spec
    from surveylab.errors import SpecError

    faults = spec.check(specs)
    if faults:
        raise SpecError(faults)
    click.echo(f"{len(specs)} file{'s' if len(specs) > 1 else ''} checked, no faults.")


@click.command()
@spec_argument
@json_option
def design(spec: Path, as_json: bool) -> None:
    """Show the arms of an experiment, and which effects they cannot tell apart.

    \b
    Example: surveylab design experiments/layout_order_wording.yaml
    """
    from surveylab.design.designs import described
    from surveylab.design.results import as_json as plain

    exp = study_of(spec).experiment
    shown = described(exp.slug, exp.assignment.factors, exp.assignment.design)
    if as_json:
        say_json(plain(shown))
        return
    say_mappings([{**arm["levels"], "probability": arm["probability"]} for arm in shown.arms])
    for relation in shown.defining_relation:
        click.echo(f"Defining relation: {relation}")
    least = "no factors alias each other or their products" if shown.resolution is None else str(shown.resolution)
    click.echo(f"\nDesign: {shown.design}, {len(shown.arms)} arms. Resolution: {least}.")
    say_mappings([{"effect": each["effect"], "with": each["with"], "shared": each["share"]} for each in shown.aliases])


@click.command()
@spec_argument
@click.option("--language", help="Show the pages in this language; by default in that of each arm.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the document here.")
def preview(spec: Path, language: str | None, output: Path | None) -> None:
    """Show every page of an experiment in every arm, side by side, with what differs.

    Writes one HTML document that loads nothing; nothing is recorded.

    \b
    Example: surveylab preview experiments/nps_wording_length.yaml
    """
    from surveylab.web.preview import document

    study = study_of(spec)
    text = document(study, language)
    target = output or Path("results") / f"{study.experiment.slug}.preview.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    click.echo(f"Preview: {target}")


@click.command()
@click.argument("language", required=False)
def words(language: str | None) -> None:
    """Print the words of the pages, to be put under `words:` in an instrument.

    With a LANGUAGE that the pages do not speak, each stands in English to be translated; the words that
    only some question types say are the last.

    \b
    Example: surveylab words nl >> instruments/tevredenheid.yaml
    """
    from surveylab.words import CATALOGUE, LANGUAGES, TAG, base

    if language is not None and not TAG.fullmatch(language):
        raise click.BadParameter(f"{language!r} is no tag of a language; write it as in nl or pt-BR.")
    tag = language or LANGUAGES[0]
    click.echo("words:")
    for key, word in CATALOGUE.items():
        click.echo(f"  {key}: {{{tag}: {json.dumps(word.get(base(tag), word['en']), ensure_ascii=False)}}}")


COMMANDS = (check, design, preview, words)
