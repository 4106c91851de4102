"""A wave's definition as commands take it: only when the checks find no error in it."""

from __future__ import annotations

from surveyapp.cli.preflight import study_folder
from surveyapp.config import Settings
from surveyapp.errors import DefinitionError
from surveyapp.instrument.model import Instrument


def checked_instrument(settings: Settings, study: str, year: int) -> Instrument:
    """The wave's definition, refused while the checks find an error in it.

    Raises
    ------
    NotFound            there is no such study, or its files hold no such year
    DefinitionError     the definition has an error; the message names the first and how many more
    """
    from surveyapp.instrument.loader import misnamed, read_instrument, require_wave

    folder = study_folder(settings, study)
    require_wave(folder, year)
    instrument, findings = read_instrument(folder, year)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors or instrument is None:
        more = f" ({len(errors) - 1} more; run: surveyapp check {folder})" if len(errors) > 1 else ""
        if not errors:
            raise DefinitionError(f"{study} {year} cannot be read; run: surveyapp check {folder}")
        raise DefinitionError(f"{errors[0].message['en']}{more}", errors[0].place)
    wrong = misnamed(folder, instrument)
    if wrong is not None:
        raise wrong.as_error()
    return instrument
