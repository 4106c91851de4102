"""Every variable of every instrument is found by its name, its words, its questions and its answers, however typed."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from surveyapp.instrument.files import wave_folders
from surveyapp.instrument.loader import load_instrument, studies
from surveyapp.instrument.model import Instrument, Shape
from surveyapp.reports.searching import found, plain, searched
from surveyapp.reports.wording import question_texts

FOLDER = Path(__file__).resolve().parents[2] / "instruments"
ALL = [(study, year) for study in studies(FOLDER) for year in wave_folders(FOLDER / study)]


def as_typed(text: str) -> tuple[str, ...]:
    """The same words as others type them: in capitals, without accents, with straight apostrophes."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return text, text.upper(), bare.replace("’", "'").lower()


def words_of(name: str, instrument: Instrument) -> set[str]:
    variable = instrument.variables[name]
    said = {name, *variable.label.values()}
    for category in variable.categories:
        said |= {*category.label.values()}
    if variable.other_of:
        said |= words_of(variable.other_of, instrument) - {variable.other_of}
    return said


@pytest.mark.parametrize(("study", "year"), ALL)
def test_every_variable_is_found(study: str, year: int) -> None:
    instrument = load_instrument(FOLDER / study, year)
    texts = searched(instrument)
    for name in instrument.variables:
        for text in words_of(name, instrument):
            for typed in as_typed(text):
                assert all(word in texts[name] for word in plain(typed).split()), (name, typed)
        assert name in found(instrument, name.upper())
    assert found(instrument, "") == set(instrument.variables)
    assert found(instrument, "no variable says this at all") == set()


def test_an_open_question_is_found_by_what_it_asks() -> None:
    instrument = load_instrument(FOLDER / "goed-opdrachtgeverschap", 2026)
    asked = [
        name for name, one in instrument.variables.items() if one.type.shape is Shape.TEXT and one.other_of is None
    ]
    assert len(asked) >= 3
    for name in asked:
        for words in question_texts(instrument.variables[name], instrument).values():
            for text in words.values():
                assert name in found(instrument, " ".join(sorted(text.split("“")[0].split(), key=len)[-2:])), text
