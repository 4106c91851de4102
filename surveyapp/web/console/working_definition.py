"""The definition being worked on: what stands on disk where it can be used, otherwise the version in force."""

from __future__ import annotations

from surveyapp.instrument.loader import read_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.sessions import services


def working_definition(wave: WaveFrame) -> tuple[Instrument, bool]:
    """The definition, and whether it comes from the files because they differ from the version in force."""
    folder = services().settings.instruments / wave.study
    if (folder / "study.yaml").is_file():
        on_disk, _ = read_instrument(folder, wave.year)
        if on_disk is not None and on_disk.hash != wave.instrument.hash:
            return on_disk, True
    return wave.instrument, False
