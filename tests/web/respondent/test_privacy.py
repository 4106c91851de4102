"""Each promise is shown only where the wave's settings make it true."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from surveyapp import clock
from surveyapp.clock import stopped_at
from surveyapp.fieldwork import contacts, personal_links, waves
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument, Item, Question, QuestionSet
from surveyapp.jobs.worker import Worker
from surveyapp.storage import audit, report_requests, throttle
from surveyapp.storage.database import Database
from surveyapp.web import languages
from surveyapp.web.respondent import privacy
from surveyapp.web.respondent.privacy import HOW_LONG, RIGHTS, WHAT, WHO, WHY
from surveyapp.web.respondent.promises import ANONYMOUS, Facts, Promise
from tests.instrument.definitions import patched, write
from tests.web.browsing import Visitor, cookies_of
from tests.web.conftest import put_wave
from tests.web.respondent.test_flow import fill_all

PROMISES: dict[str, Promise] = {
    promise.key: promise for group in (WHO, WHY, WHAT, HOW_LONG, RIGHTS) for promise in group
}


def shown(instrument: Instrument, mode: str, *, can_mail: bool = True) -> set[str]:
    """The promises made for these settings."""
    facts = Facts(instrument, mode, can_mail)
    return {key for key, promise in PROMISES.items() if promise.is_true(facts)}


def changed(instrument: Instrument, key: str) -> tuple[Instrument, str]:
    """The settings under which this promise would be a lie."""
    wave, study = instrument.wave, instrument.study
    match key:
        case "skip_most":
            return without_required(instrument), ANONYMOUS
        case "not_stored" | "stored_anonymous" | "cannot_find" | "goes_on":
            return instrument, CONFIDENTIAL
        case "personal_link" | "stored" | "rights" | "link_cut" | "goes_on_by_link":
            return instrument, ANONYMOUS
        case "apart" | "apart_kept":
            none = {name: each for name, each in instrument.variables.items() if not each.is_stored_apart}
            return replace(instrument, variables=none), ANONYMOUS
        case "period":
            return replace(instrument, wave=replace(wave, kept_until=None)), ANONYMOUS
        case "why_stopped":
            return replace(instrument, wave=replace(wave, why_stopped="not_asked")), ANONYMOUS
        case "cookie_until_closing":
            return replace(instrument, wave=replace(wave, closes=None)), ANONYMOUS
        case "subject":
            return replace(instrument, study=replace(study, explanation=None)), ANONYMOUS
        case "groups":
            return replace(instrument, study=replace(study, threshold=1)), ANONYMOUS
    raise AssertionError(f"no setting can make {key} untrue, so it must always hold")


def without_required(instrument: Instrument) -> Instrument:
    """The same questions, none of which must be answered."""

    def eased(item: Item) -> Item:
        if isinstance(item, Question):
            return replace(item, is_required=False)
        if isinstance(item, QuestionSet):
            return replace(item, questions=tuple(replace(each, is_required=False) for each in item.questions))
        return item

    return replace(
        instrument,
        questionnaires={
            role: replace(
                each,
                pages=tuple(replace(page, items=tuple(eased(item) for item in page.items)) for page in each.pages),
            )
            for role, each in instrument.questionnaires.items()
        },
    )


def test_of_skipping_questions_is_said_what_the_questions_allow(kinds: Instrument) -> None:
    assert {"skip_most", "skip_all"} & shown(kinds, ANONYMOUS) == {"skip_most"}
    assert {"skip_most", "skip_all"} & shown(without_required(kinds), ANONYMOUS) == {"skip_all"}


def test_of_the_cookie_is_said_what_the_closing_day_makes_of_it(kinds: Instrument) -> None:
    either = {"cookie_until_closing", "goes_on"}, {"cookie_without_closing", "goes_on_for_long"}
    for closes, said in zip(("2026-12-18", None), either, strict=True):
        wave = replace(kinds, wave=replace(kinds.wave, closes=closes))
        assert (either[0] | either[1]) & shown(wave, ANONYMOUS) == said


def test_the_hash_of_a_network_is_named_with_the_time_it_is_kept(app: Flask, kinds: Instrument) -> None:
    """`tests/storage/test_trails.py` holds that it goes after `throttle.KEPT`."""
    with app.test_request_context("/"):
        languages.use("en")
        said = PROMISES["network"].words(Facts(kinds, ANONYMOUS))
    assert f"delete it after {throttle.KEPT.days * 24} hours" in said


ALWAYS = {
    "who",
    "payer",
    "contact",
    "purpose",
    "parties",
    "recognisable",
    "steps",
    "cookie",
    "this_tab",
    "looked_at",
    "browser_mark",
    "drafts",
    "cookie_on_a_shared_computer",
    "network",
    "voluntary",
    "withdraw",
    "complaint",
}
"""True of every wave: they rest on the product itself, not on a setting."""


BY_MAIL = {"code_by_mail", "link_by_mail", "opening_by_mail", "withdraw_by_mail"}
ELSE = {"apart", "apart_kept", "skip_all", "cookie_without_closing", "goes_on_for_long"}
"""Said where another sentence is not: tests of their own."""


@pytest.mark.parametrize("key", sorted(PROMISES.keys() - ALWAYS - BY_MAIL - ELSE))
def test_a_promise_goes_when_its_setting_goes(key: str, kinds: Instrument) -> None:
    mode = CONFIDENTIAL if key in ("personal_link", "stored", "rights", "link_cut", "goes_on_by_link") else ANONYMOUS
    assert key in shown(kinds, mode)
    assert key not in shown(*changed(kinds, key))


def test_nothing_is_said_of_mail_where_none_can_be_sent(kinds: Instrument) -> None:
    assert shown(kinds, CONFIDENTIAL) >= BY_MAIL
    assert not {"link_by_mail", "withdraw_by_mail"} & shown(kinds, ANONYMOUS)
    for mode in (ANONYMOUS, CONFIDENTIAL):
        assert not shown(kinds, mode, can_mail=False) & BY_MAIL


def test_an_address_kept_apart_is_spoken_of_only_where_one_is_asked(kinds: Instrument) -> None:
    unasked, mode = changed(kinds, "apart")
    said = {"apart", "apart_kept"}
    assert said <= shown(kinds, mode, can_mail=False)
    assert said <= shown(unasked, mode)
    assert not said & shown(unasked, mode, can_mail=False)


def test_promises_without_a_setting_are_named_as_such(kinds: Instrument) -> None:
    for mode in (ANONYMOUS, CONFIDENTIAL):
        assert shown(kinds, mode) >= ALWAYS


def test_the_word_anonymous_is_never_used_of_a_confidential_wave(app: Flask, kinds: Instrument) -> None:
    with app.test_request_context("/"):
        for language, words in (
            ("nl", ("anoniem", "100 %", "versleuteld")),
            ("en", ("anonymous", "100 %", "encrypted")),
        ):
            languages.use(language)
            said = " ".join(
                sentence for paragraph in privacy.paragraphs(kinds, CONFIDENTIAL) for sentence in paragraph.sentences
            )
            assert not [word for word in words if word in said.lower()]


def test_sentences_are_short(app: Flask, kinds: Instrument) -> None:
    """15 words on average, as plain Dutch asks (B1)."""
    with app.test_request_context("/"):
        languages.use("nl")
        text = " ".join(s for paragraph in privacy.paragraphs(kinds, ANONYMOUS) for s in paragraph.sentences)
    sentences = [sentence for sentence in text.replace("?", ".").split(". ") if sentence.strip()]
    assert sum(len(sentence.split()) for sentence in sentences) / len(sentences) <= 15


def test_the_privacy_page_speaks_of_the_wave_in_its_address_or_of_the_open_one(
    make_app: Callable[..., Flask], sqlite_database: Database, kinds: Instrument
) -> None:
    put_wave(sqlite_database, kinds)
    visitor = Visitor(make_app().test_client())
    for url in ("/nl/privacy", "/nl/privacy?wave=kinds-2026"):
        assert "Stichting Klein" in visitor.get(url).html
    assert "Stichting Klein" in visitor.get("/en/privacy").html


@pytest.mark.parametrize(
    ("closes", "closed_at", "said"),
    [
        ("2026-12-18", None, "op 17 januari 2027"),
        ("2026-12-18", datetime(2026, 12, 1, 12, tzinfo=UTC), "op 31 december 2026"),
        ("2026-12-18", datetime(2027, 2, 1, 12, tzinfo=UTC), "op 17 januari 2027"),
        (None, datetime(2026, 12, 1, 12, tzinfo=UTC), "op 31 december 2026"),
        (None, None, "30 dagen na sluiting"),
    ],
)
def test_a_confidential_wave_names_the_day_on_which_the_link_is_cut(
    app: Flask, kinds: Instrument, closes: str | None, closed_at: datetime | None, said: str
) -> None:
    """`tests/fieldwork/test_link_cutting.py` holds that the same day cuts it."""
    wave = replace(kinds, wave=replace(kinds.wave, closes=closes))
    with app.test_request_context("/"):
        languages.use("nl")
        for in_brief in (False, True):
            found = privacy.paragraphs(wave, CONFIDENTIAL, closed_at, in_brief=in_brief)
            text = " ".join(sentence for paragraph in found for sentence in paragraph.sentences)
            assert f"Uiterlijk {said} verwijderen wij de koppeling met uw e-mailadres." in text
            assert "Daarna kunnen wij uw antwoorden niet meer met dat adres opzoeken" in text


def test_a_wave_that_opened_again_names_the_day_of_its_first_closing_before_consent_and_on_the_privacy_page(
    make_app: Callable[..., Flask], sqlite_database: Database, tmp_path: Path
) -> None:
    wave = load_instrument(write(tmp_path, patched(("study.waves.0.mode", CONFIDENTIAL), name="kinds")), 2026)
    put_wave(sqlite_database, wave)
    with stopped_at(datetime(2026, 12, 1, 12, tzinfo=UTC)), sqlite_database.write() as session:
        waves.close_wave(session, "kinds", 2026)
        audit.add(session, "test", waves.CLOSE, "kinds 2026")
    site = make_app()
    with sqlite_database.write() as session:
        waves.open_wave(session, "kinds", 2026)
        listed = contacts.read_contacts(b"email;role\njan@example.org;contractor\n", wave)
        contacts.import_contacts(session, wave, listed)
        (link,) = personal_links.make_links(session, "kinds", 2026, salt=site.config["SECRET_KEY"])
    visitor = Visitor(site.test_client()).get(f"/i/{link.token}").press("next")
    assert "Uiterlijk op 31 december 2026" in visitor.html
    assert "Uiterlijk op 31 december 2026" in visitor.get("/nl/privacy?wave=kinds-2026").html


PROOFS = {
    "who": "the study",
    "payer": "the study",
    "contact": "the study",
    "subject": "the study",
    "purpose": "a policy: no code of ours writes to anybody but for what they asked",
    "groups": "tests/web/console/test_results_page.py"
    "::test_a_filter_that_leaves_fewer_than_ten_gives_no_figure_anywhere",
    "parties": "tests/web/console/test_rights.py::test_each_route_opens_to_its_role_and_higher_and_to_nobody_else",
    "recognisable": "tests/web/console/test_rights.py::test_a_viewer_sees_counts_but_no_list_of_cases",
    "stored": "tests/web/respondent/test_paradata.py::test_all_that_is_kept_goes_from_the_browser_to_the_file",
    "stored_anonymous": "tests/fieldwork/test_no_order.py"
    "::test_a_case_of_an_anonymous_wave_keeps_no_day_and_the_days_are_counted_apart",
    "steps": "tests/web/respondent/test_paradata.py"
    "::test_seconds_device_languages_prompts_and_changes_are_kept_and_no_address_or_browser",
    "looked_at": "tests/web/respondent/test_paradata.py"
    "::test_a_field_that_nobody_sees_marks_who_fills_it_in_and_keeps_nobody_out",
    "browser_mark": "tests/web/respondent/test_who_may_see.py"
    "::test_in_an_anonymous_wave_a_shared_computer_shows_nothing_of_what_was_answered_at_home",
    "drafts": "tests/fieldwork/test_interviews.py::test_a_draft_is_kept_replaced_and_gone_with_the_save",
    "why_stopped": "tests/web/respondent/test_why_stopped.py"
    "::test_what_was_said_goes_when_the_answers_are_sent",
    "not_stored": "tests/fieldwork/test_no_order.py::test_nothing_that_is_stored_tells_the_order",
    "personal_link": "tests/fieldwork/test_personal_links.py::test_no_table_holds_a_link_or_a_key",
    "link_cut": "tests/fieldwork/test_link_cutting.py::test_nothing_happens_before_the_day_and_all_of_it_on_the_day",
    "network": "tests/storage/test_trails.py::test_no_address_is_kept_and_the_hash_goes_after_a_day",
    "apart": "tests/web/respondent/test_flow.py::test_an_address_is_kept_apart_from_every_answer",
    "apart_kept": "tests/web/respondent/test_privacy.py::test_an_address_left_for_the_report_goes_when_it_is_said_to",
    "code_by_mail": "tests/web/respondent/test_mailing.py"
    "::test_the_code_is_mailed_once_and_nothing_of_the_address_is_kept",
    "link_by_mail": "tests/web/respondent/test_mailing.py"
    "::test_asking_for_the_link_looks_the_same_whoever_asks_about_whomever",
    "opening_by_mail": "tests/web/respondent/test_mailing.py::test_who_left_an_address_is_told_when_the_wave_opens",
    "withdraw_by_mail": "tests/web/respondent/test_who_may_see.py"
    "::test_removal_can_be_confirmed_from_the_mailbox_that_was_invited",
    "cookie": "tests/web/respondent/test_privacy.py::test_a_visit_sets_as_many_cookies_as_it_says",
    "this_tab": "tests/browser/test_same_tab.py::test_the_next_person_in_this_tab_begins_with_an_empty_page",
    "period": "the study",
    "cookie_until_closing": "tests/web/respondent/test_after_a_weekend.py::test_who_starts_on_friday_goes_on_on_monday",
    "cookie_without_closing": "tests/web/respondent/test_privacy.py"
    "::test_of_the_cookie_is_said_what_the_closing_day_makes_of_it",
    "cookie_on_a_shared_computer": "tests/web/respondent/test_after_a_weekend.py"
    "::test_a_shared_computer_shows_the_code_first_and_forgets_soon",
    "voluntary": "tests/web/respondent/test_flow.py"
    "::test_opening_the_opt_out_changes_nothing_and_its_button_removes_every_answer",
    "skip_most": "tests/web/respondent/test_privacy.py::test_of_skipping_questions_is_said_what_the_questions_allow",
    "skip_all": "tests/web/respondent/test_privacy.py::test_of_skipping_questions_is_said_what_the_questions_allow",
    "goes_on": "tests/web/respondent/test_after_a_weekend.py::test_who_starts_on_friday_goes_on_on_monday",
    "goes_on_for_long": "tests/web/respondent/test_privacy.py"
    "::test_of_the_cookie_is_said_what_the_closing_day_makes_of_it",
    "goes_on_by_link": "tests/web/respondent/test_personal_links.py"
    "::test_another_device_goes_on_where_the_first_stopped_and_sees_no_earlier_answer",
    "withdraw": "tests/web/respondent/test_who_may_see.py::test_the_code_of_the_device_that_answered_shows_and_removes",
    "cannot_find": "tests/fieldwork/test_personal_links.py"
    "::test_an_anonymous_wave_has_no_personal_links_and_no_way_to_them",
    "rights": "tests/web/respondent/test_personal_links.py"
    "::test_a_newer_link_on_the_same_device_goes_on_with_everything_that_was_answered_there",
    "complaint": "the law",
}  # fmt: skip
"""Of each promise the test that shows it to be true, or who answers for it."""


def test_what_is_stored_is_said_before_consent_in_every_wave(kinds: Instrument) -> None:
    for mode in (ANONYMOUS, CONFIDENTIAL):
        assert {"stored", "stored_anonymous"} & shown(kinds, mode) & privacy.BEFORE_CONSENT, mode


ANSWERED_FOR = {"the study", "the law"}


def test_a_promise_without_a_proof_is_not_made() -> None:
    assert PROOFS.keys() == PROMISES.keys()
    root = Path(__file__).parents[3]
    for promise, proof in PROOFS.items():
        file, is_named, name = proof.partition("::")
        if not is_named:
            assert proof in ANSWERED_FOR or promise == "purpose", f"{promise} names no test"
            continue
        tree = ast.parse((root / file).read_text("utf-8"))
        assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}, f"{promise}: {proof}"


def test_a_visit_sets_as_many_cookies_as_it_says(app: Flask) -> None:
    """One for the forms, one for the questionnaire: from the landing page to the receipt."""
    visitor = Visitor(app.test_client()).begin("kinds", "contractor")
    fill_all(visitor).press("")
    assert visitor.h1 == "Dank u wel"
    assert cookies_of(visitor.client).keys() == {"survey", "survey-kinds-2026"}
    assert "één cookie voor de formulieren, en één voor elke vragenlijst" in visitor.get("/nl/privacy").html


def test_an_address_left_for_the_report_goes_when_it_is_said_to(
    app: Flask, sqlite_database: Database, kinds: Instrument
) -> None:
    with sqlite_database.write() as session:
        report_requests.add(session, "kinds", 2026, "jan@example.org", "nl", [])
        report_requests.add(session, "kinds", 2026, "els@example.org", "nl", [])
        assert report_requests.forget(session, "kinds", 2026, "els@example.org") == 1
    closed = datetime(2026, 12, 1, 12, tzinfo=UTC)
    with stopped_at(closed), sqlite_database.write() as session:
        waves.close_wave(session, "kinds", 2026)
    for days, left in ((364, 1), (366, 0)):
        with stopped_at(closed + timedelta(days=days)):
            worker = Worker(sqlite_database, InstrumentLibrary(sqlite_database), None, salt="x" * 32)
            worker.once()
        with sqlite_database.read() as session:
            assert len(report_requests.listed(session, "kinds", 2026)) == left, days
    with app.test_request_context("/"):
        languages.use("en")
        said = PROMISES["apart_kept"].words(Facts(kinds, ANONYMOUS))
    assert "365 days after the questionnaire has closed" in said


def test_the_consent_text_bears_its_version_and_its_day(app: Flask, kinds: Instrument) -> None:
    visitor = Visitor(app.test_client()).get("/en/survey/kinds-2026").press("next", role="contractor")
    today = f"{clock.today():%-d %B %Y}"
    with app.test_request_context("/"):
        version = privacy.version(kinds, ANONYMOUS)
    assert f"Version {version} of this text, with the questionnaire of {today}." in visitor.html
    assert "hours" in visitor.html.partition("per network")[2][:300]


def test_the_version_of_the_consent_text_changes_with_what_it_says_and_with_nothing_else(
    app: Flask, kinds: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(instrument: Instrument = kinds, mode: str = ANONYMOUS, closed: datetime | None = None) -> str:
        return privacy.version(instrument, mode, closed)

    study, wave = kinds.study, kinds.wave
    moved = replace(study, organisation=replace(study.organisation, address="Elders 2, Utrecht"))
    with app.test_request_context("/"):
        said = version()
        for language in ("nl", "en"):
            languages.use(language)
            assert version() == said  # one text, however it is read
            assert languages.current() == language
        assert version(replace(kinds, hash="0" * 64)) == said  # a question in other words promises nothing else
        others = {
            version(replace(kinds, study=moved)),
            version(replace(kinds, study=replace(study, threshold=12))),
            version(replace(kinds, wave=replace(wave, kept_until=2040))),
            version(mode=CONFIDENTIAL),
            version(mode=CONFIDENTIAL, closed=datetime(2026, 12, 1, 12, tzinfo=UTC)),
            version(without_required(kinds)),
        }
        monkeypatch.setattr(throttle, "KEPT", timedelta(hours=48))
        others.add(version())
    assert said not in others
    assert len(others) == 7


def test_the_page_that_asks_for_a_code_says_who_asks_and_whom_to_ask(app: Flask) -> None:
    visitor = Visitor(app.test_client()).get("/nl/onderzoek/kinds-2026").get("/nl/vragenlijst/verder")
    assert "Stichting Klein" in visitor.html
    assert "Vragen over dit onderzoek?" in visitor.html
