"""What can be done to one contact beside correcting: what is asked first, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.console.sample_words import masked
from surveyapp.web.languages import translate


@dataclass(frozen=True, slots=True)
class ContactAct:
    """One deed in words; the address stands masked."""

    question: str
    consequences: tuple[str, ...]
    button: str
    done: str
    back: str
    contact: str


def act_of(wave: WaveFrame, row: Any, act: str) -> ContactAct:
    """One deed on one contact."""
    who = masked(row.email)
    back = wave.address("console.sample_contact", contact=row.contact_id)
    match act:
        case "opt-out":
            return ContactAct(
                translate("No more mail to %(who)s?", who=who),
                (
                    translate("They are written to no more: no invitation, no reminder, in later waves neither."),
                    translate("A link they have goes on working."),
                ),
                translate("No more mail"),
                translate("This person is written to no more."),
                back,
                who,
            )
        case "opt-in":
            return ContactAct(
                translate("Mail to %(who)s again?", who=who),
                (translate("Do this only when they asked for it themselves."),),
                translate("Mail again"),
                translate("This person is written to again."),
                back,
                who,
            )
        case "mail-anyway":
            return ContactAct(
                translate("Mail to %(who)s all the same?", who=who),
                (
                    translate("Their mail server said that no mail arrives at this address."),
                    translate("Do this when you know that it works. If mail comes back once more, it stops again."),
                ),
                translate("Mail all the same"),
                translate("This person is written to again."),
                back,
                who,
            )
        case _:
            return ContactAct(
                translate("Remove %(who)s?", who=who),
                (
                    translate("The contact goes for good, with their links and the mail that waits for them."),
                    *((translate("They began to answer: their answers are removed too."),) if row.has_begun else ()),
                    translate(
                        "That they want no mail is forgotten too. Who only wants no more mail is better opted out."
                    ),
                    translate("An address that they left themselves for the report stays; they left it for that."),
                ),
                translate("Remove"),
                translate("The contact is removed."),
                back,
                who,
            )
