"""The commands. Everything heavy is imported inside a command: ``surveylab --help`` answers at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

import click

from surveylab import __version__
from surveylab.cli import collect, contacts, demo, frames, learn, monitor, privacy, schemes, write
from surveylab.errors import GateError, InputError, SurveylabError


class Refusal(click.ClickException):
    """A SurveylabError as a command ends with it: one line a fault; exit code 1."""

    def __init__(self, error: SurveylabError) -> None:
        super().__init__(str(error))
        self.faults = error.faults if isinstance(error, InputError) else ()

    def show(self, file: IO[Any] | None = None) -> None:
        """Print to standard error."""
        for fault in self.faults:
            click.echo(str(fault), err=True, file=file)
        if self.faults:
            count = len(self.faults)
            click.echo(f"{count} fault{'s' if count > 1 else ''}; nothing was changed.", err=True, file=file)
        else:
            click.echo(f"Error: {self.message}", err=True, file=file)


class GateRefusal(Refusal):
    """A gate said no: exit code 3."""

    exit_code = 3


class Commands(click.Group):
    """A group whose commands may raise SurveylabError."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a SurveylabError becomes a Refusal or a GateRefusal."""
        try:
            return super().invoke(ctx)
        except SurveylabError as error:
            raise (GateRefusal if isinstance(error, GateError) else Refusal)(error) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="surveylab")
def commands() -> None:
    """Randomised experiments on survey design, from YAML to decision.

    \b
    The way of an experiment:
      surveylab check experiments/nps_wording_length.yaml
      surveylab frame load customers customers.csv
      surveylab draw experiments/nps_wording_length.yaml
      surveylab serve
      surveylab worker
      surveylab analyse experiments/nps_wording_length.yaml
      surveylab decide experiments/nps_wording_length.yaml
      surveylab report experiments/nps_wording_length.yaml

    Exit codes: 0 done, 1 the input is at fault, 2 usage, 3 a gate refused.
    """


for command in (
    *write.COMMANDS,
    frames.frame,
    *collect.COMMANDS,
    *contacts.COMMANDS,
    monitor.monitor,
    *privacy.COMMANDS,
    *learn.COMMANDS,
    schemes.schemes,
    demo.demo,
):
    commands.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point of the ``surveylab`` command."""
    commands(args=arguments, prog_name="surveylab")
