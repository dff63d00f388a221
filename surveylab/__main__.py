"""``python -m surveylab`` is the ``surveylab`` command."""

from surveylab.cli import main

main()
