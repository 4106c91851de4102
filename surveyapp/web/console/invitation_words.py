"""Rounds of invitations in words."""

from __future__ import annotations

from surveyapp.fieldwork.invitation_rounds import Round
from surveyapp.fieldwork.recipients import INVITATION, REMINDER
from surveyapp.reports.round_words import round_words
from surveyapp.web.languages import current, translate


def round_name(asked: Round) -> str:
    """What a round is called."""
    return name_of_round(asked.kind, asked.nth)


def name_of_round(kind: str, nth: int) -> str:
    """What the nth round of a kind is called."""
    return round_words(kind, nth)[current()]


def who_gets(kind: str) -> str:
    """For whom a kind of round is."""
    if kind == INVITATION:
        return translate("An invitation goes to who can still answer and was not written to in this wave.")
    if kind == REMINDER:
        return translate("A reminder goes to who was invited and has not finished.")
    return translate("A thank-you goes to who sent their answers.")


def round_states() -> dict[str, str]:
    """What each state of a round is called."""
    return {
        "draft": translate("draft"),
        "going": translate("being sent"),
        "planned": translate("planned"),
        "stopped": translate("stopped"),
        "halted": translate("stopped by itself"),
        "done": translate("sent"),
    }


def message_states() -> dict[str, str]:
    """What each state of a message is called."""
    return {
        "waiting": translate("waiting"),
        "handed": translate("being handed over"),
        "sent": translate("sent"),
        "unsure": translate("not certain whether it went"),
        "bounced": translate("came back"),
        "failed": translate("refused"),
        "spared": translate("not sent"),
    }


def reason_words(state: str, reason: str | None) -> str:
    """Why a message is in its state, in words; what a mail server says stands as its code."""
    known = {
        "done": translate("had finished"),
        "opted_out": translate("wants no mail"),
        "declined": translate("does not take part"),
        "came_back": translate("an earlier message did not arrive"),
        "other": translate("no longer one of those chosen"),
        "over": translate("the wave is over"),
        "gone": translate("no longer a contact"),
        "worker": translate("the program that sent it ended meanwhile"),
    }
    if state == "spared" or reason in known:
        return known.get(reason or "", "")
    return reason or ""


def progress_names() -> dict[str, str]:
    """How far somebody must be, in words; pages come after these."""
    return {
        "": translate("everybody who has not finished"),
        "not_started": translate("did not open the link"),
        "opened": translate("opened the link, did not begin"),
        "begun": translate("began, did not finish"),
    }
