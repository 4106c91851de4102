"""The texts mailings begin from, the study's and the product's own, and what is wrong with one that somebody wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from surveyapp.fieldwork.invitation_texts import (
    TEXTS,
    RoundText,
    default_texts,
    filled,
    text_faults,
    text_file,
    values_of,
)
from surveyapp.instrument.loader import load_instrument
from tests.builders import small_instrument

INSTRUMENTS = Path(__file__).parents[2] / "instruments"
SMALL = small_instrument(mode="confidential")
DATED = replace(SMALL, wave=replace(SMALL.wave, closes="2026-12-18"))
KINDS = [("invitation", 1), ("reminder", 1), ("reminder", 2), ("reminder", 3), ("thanks", 1)]


@pytest.mark.parametrize(("kind", "nth"), KINDS)
def test_the_products_own_texts_can_be_sent_with_and_without_a_closing_date(kind: str, nth: int) -> None:
    for instrument in (SMALL, DATED):
        texts = default_texts(instrument, kind, nth, None)
        assert set(texts) == {"nl", "en"}
        assert text_faults(kind, texts, instrument) == ()
        for language, one in texts.items():
            values = values_of(instrument, language, "Jan", link="https://x/i/1", opt_out="https://x/u/1")
            said = filled(one.text, values)
            assert "\n\n\n" not in said
            assert not set("{}") & set(said)
            assert ("18 december 2026" in said.lower()) == (instrument is DATED and kind != "thanks")


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in INSTRUMENTS.glob("*/mail")))
def test_a_studys_own_texts_are_of_a_kind_there_is_and_can_be_sent(folder: str) -> None:
    files = {path.name for path in (INSTRUMENTS / folder / "mail").iterdir()}
    assert files <= {f"{text_file(kind, nth)}.{language}.txt" for kind, nth in KINDS for language in ("nl", "en")}
    instrument = load_instrument(INSTRUMENTS / folder, 2026)
    for kind, nth in KINDS:
        texts = default_texts(instrument, kind, nth, INSTRUMENTS)
        assert text_faults(kind, texts, instrument) == ()
    own = default_texts(instrument, "invitation", 1, INSTRUMENTS)["nl"]
    assert own != default_texts(instrument, "invitation", 1, None)["nl"]
    assert {path.name for path in TEXTS.iterdir()} == {
        f"{text_file(kind, nth)}.{language}.txt" for kind, nth in KINDS for language in ("nl", "en")
    }


GOOD = RoundText("Over {study}", "{name} {link} {opt_out}")


@pytest.mark.parametrize(
    ("nl", "en", "said"),
    [
        (RoundText("", GOOD.text), GOOD, ["nl subject Write a subject.", "nl subject What is missing here"]),
        (GOOD, RoundText(GOOD.subject, ""), ["en text Write a text.", "en text The placeholder {link}"]),
        (RoundText("{link} {study}", GOOD.text), GOOD, ["nl subject {link} cannot stand in a subject"]),
        (RoundText(f"{'x' * 80} {{study}}", GOOD.text), GOOD, ["nl subject Once it is filled in"]),
        (RoundText(GOOD.subject, GOOD.text + " {until}"), GOOD, ["nl text {until} cannot be filled in"]),
        (RoundText(GOOD.subject, GOOD.text + " {lnik}"), GOOD, ["nl text There is no placeholder {lnik}; use {link}."]),
        (GOOD, RoundText(GOOD.subject, "{link} {opt_out}"), ["en text What is missing here and stands in Dutch"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_text_is_told_at_its_field(nl: RoundText, en: RoundText, said: list[str]) -> None:
    found = [
        f"{one.language} {one.field} {one.message}" for one in text_faults("invitation", {"nl": nl, "en": en}, SMALL)
    ]
    for each in said:
        assert any(one.startswith(each) for one in found), found


def test_what_is_filled_in_is_never_read_for_blanks_and_is_one_line() -> None:
    values = values_of(SMALL, "en", "{link}\nBcc: x", link="https://x/i/1", opt_out="https://x/u/1")
    assert filled("Dear {name},", values) == "Dear {link} Bcc: x,"
