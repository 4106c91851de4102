"""``python -m surveyapp.cli``: the same as ``surveyapp``."""

from surveyapp.cli import main

main()
