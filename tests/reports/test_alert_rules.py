"""When the fieldwork page warns, and when it does not."""

from __future__ import annotations

from datetime import UTC, date, datetime

from surveyapp.fieldwork.drop_off import PageDropOff
from surveyapp.fieldwork.invitation_yield import RoundYield
from surveyapp.reports.alert_rules import (
    language_alerts,
    mail_alert,
    mailing_alerts,
    network_alert,
    page_alerts,
    time_alerts,
)
from surveyapp.reports.funnel import FunnelStep
from surveyapp.reports.round_lines import RoundLine
from tests.builders import small_instrument

NAMES = {"manager": {"nl": "Leidinggevende", "en": "Manager"}}
DAY = date(2026, 11, 23)


def mailing(**counts: int) -> RoundLine:
    return RoundLine(1, {"nl": "Uitnodiging", "en": "Invitation"}, "done", RoundYield(1, first_on=DAY, **counts))


def page(name: str, reached: int, left: int, rank: int | None = None) -> FunnelStep:
    return FunnelStep({"nl": name, "en": name}, PageDropOff("manager", name, reached, left, None, rank), {})


def test_a_mailing_is_named_when_more_than_one_in_twenty_came_back() -> None:
    assert [one.key for one in mailing_alerts([mailing(sent=100, bounced=5)])] == []
    (found,) = mailing_alerts([mailing(sent=100, bounced=6)])
    assert found.key == "bounced:1"
    assert found.text["en"] == "Invitation: 6.0% of the messages came back (6 of 100)."
    assert found.text["nl"] == "Uitnodiging: 6,0% van de berichten kwam terug (6 van 100)."
    assert found.since == DAY


def test_no_mailing_to_a_few_is_named_and_no_alert_speaks_of_one_or_two() -> None:
    assert list(mailing_alerts([mailing(sent=19, bounced=19)])) == []
    assert list(mailing_alerts([mailing(sent=25, bounced=2, opt_outs=2)])) == []


def test_a_mailing_is_named_when_more_than_one_in_fifty_opt_out_of_who_got_it() -> None:
    assert list(mailing_alerts([mailing(sent=150, opt_outs=3)])) == []
    (found,) = mailing_alerts([mailing(sent=150, bounced=7, opt_outs=3)])  # 3 of 143 is 2.1%; 7 of 150 is below 5%
    assert (found.key, found.text["en"]) == (
        "opted-out:1",
        "Invitation: 2.1% of who got it wants no more mail (3 of 143).",
    )


def test_a_page_is_named_that_stands_out_and_loses_twice_what_the_middle_one_does() -> None:
    """The shares are 5, 5, 11 and, of too few to count, 50 per cent: the middle of the first three is 5."""
    rows = [page("a", 100, 5), page("b", 100, 5), page("c", 100, 11, rank=1), page("d", 10, 5)]
    (found,) = page_alerts({"manager": rows}, NAMES)
    assert (found.key, found.place) == ("page:manager:c", "pages-manager")
    assert "11.0%" in found.text["en"]
    assert list(page_alerts({"manager": [*rows[:2], page("c", 100, 10, rank=1)]}, NAMES)) == [], "just twice"
    assert list(page_alerts({"manager": [*rows[:2], page("c", 100, 11)]}, NAMES)) == [], "it may be chance"


def test_a_language_is_named_on_a_page_where_the_difference_is_no_chance() -> None:
    """10 of 100 against 30 of 100: χ² = 200 × (10×70 − 30×90)² / (40 × 160 × 100 × 100) = 12.5, p = 0.0004."""
    instrument = small_instrument()

    def compared(dutch: int, english: int) -> list[str]:
        by = {
            language: {"manager": [PageDropOff("manager", "a", 100, left, None)]}
            for language, left in (("nl", dutch), ("en", english))
        }
        found = language_alerts(by, {"manager": [page("a", 200, dutch + english)]}, NAMES, instrument)
        return [one.text["en"] for one in found]

    assert compared(10, 30) == ["Manager, page “a”: in English 30.0% broke off, in Dutch 10.0%. That is no chance."]
    assert compared(10, 20) == []  # χ² = 3.92, p = 0.048
    assert compared(0, 2) == []


def test_a_time_that_moved_by_a_third_when_the_questionnaire_changed_is_named() -> None:
    (found,) = time_alerts({("manager", False): [600] * 30, ("manager", True): [800] * 30}, DAY, NAMES)
    assert found.text["en"] == (
        "Manager: the median time in minutes is 13.3 since the questionnaire changed on 23 November 2026; it was 10.0."
    )
    assert list(time_alerts({("manager", False): [600] * 30, ("manager", True): [780] * 30}, DAY, NAMES)) == []
    assert list(time_alerts({("manager", False): [600] * 30, ("manager", True): [800] * 29}, DAY, NAMES)) == []


def test_mail_that_is_stuck_is_named() -> None:
    (stuck,) = mail_alert(datetime(2026, 11, 23, 8, 5, tzinfo=UTC), DAY)
    assert stuck.text["en"] == "Mail waits since 23 November 2026 09:05 and does not go."
    assert list(mail_alert(None, DAY)) == []


def test_many_questionnaires_from_one_network_are_named_and_so_is_the_office_they_may_come_from() -> None:
    found = network_alert(3, datetime(2026, 11, 23, 13, tzinfo=UTC), DAY)
    assert (found.key, found.place, found.since) == ("network:2026-11-23", "quality", DAY)
    assert found.text["en"].startswith("From one network more than 5 questionnaires were sent within an hour;")
    assert found.text["nl"].endswith(": 3. Dat is een kantoor waar veel mensen meedoen, of een programma.")
