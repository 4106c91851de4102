"""What the console calls what is known of contacts and of the rows of a list."""

from __future__ import annotations

from surveyapp.fieldwork.sample_review import Outcome, Reason
from surveyapp.web.console.frame import WaveFrame, language_name, value_name
from surveyapp.web.languages import current, translate

DASH = "–"


def field_names() -> dict[str, str]:
    """What each thing known of a contact is called."""
    return {
        "email": translate("E-mail address"),
        "name": translate("Name"),
        "role": translate("Role"),
        "language": translate("Language"),
        "source": translate("Source"),
        "segment": translate("Segment"),
        "organisation": translate("Organisation"),
    }


def standing_names() -> dict[str, str]:
    """How far an invitation got."""
    return {
        "unlinked": translate("no link yet"),
        "linked": translate("has a link, not begun"),
        "bounced": translate("mail comes back"),
        "begun": translate("has begun"),
        "complete": translate("has sent"),
        "withdrawn": translate("took the answers back"),
        "opted_out": translate("wants no mail"),
    }


def outcome_names() -> dict[Outcome, tuple[str, str]]:
    """What becomes of a row: its name, and what that means."""
    return {
        Outcome.NEW: (translate("New"), translate("These people are added.")),
        Outcome.CHANGED: (
            translate("Changed"),
            translate("Their data are replaced by those of the list; their links stay."),
        ),
        Outcome.UNCHANGED: (translate("Unchanged"), translate("They are there already; nothing happens to them.")),
        Outcome.OPTED_OUT: (
            translate("Opted out earlier"),
            translate("They said in an earlier wave that they want no mail. They are added and never written to."),
        ),
        Outcome.DUPLICATE: (
            translate("Twice in the list"),
            translate("The address stands in a row above; that one counts."),
        ),
        Outcome.UNKNOWN_ROLE: (
            translate("Unknown role"),
            translate("They are left out; correct the role and send the list again."),
        ),
        Outcome.INVALID: (
            translate("Invalid"),
            translate("They are left out; correct them and send the list again."),
        ),
    }


def reason_text(why: Reason, wave: WaveFrame) -> str:
    """Why a cell cannot be taken in, and what to do."""
    match why.code:
        case "missing":
            return translate("The e-mail address is missing.")
        case "no_address":
            return translate("“%(text)s” is no e-mail address.", text=why.value)
        case "many":
            return translate("“%(text)s” is more than one address; give each a row of its own.", text=why.value)
        case "twice":
            return translate("The same address stands in row %(row)s.", row=why.value)
        case "role_unknown":
            known = ", ".join(_roles(wave))
            return translate("“%(text)s” is no role of this wave; choose from: %(known)s.", text=why.value, known=known)
        case "language_unknown":
            known = ", ".join(wave.instrument.study.languages)
            return translate(
                "“%(text)s” is no language of this study; choose from: %(known)s.", text=why.value, known=known
            )
        case "source_wrong":
            return translate(
                "“%(text)s” cannot be a source: use small letters, digits and hyphens, at most 32.", text=why.value
            )
        case "too_long":
            return translate("This is longer than %(most)s characters.", most=why.value)
        case "spoilt":
            return translate("“%(text)s” has letters that were lost when the file was saved.", text=why.value)
        case _:
            return translate("“%(text)s” is an error of the spreadsheet, and no value.", text=why.value)


def _roles(wave: WaveFrame) -> list[str]:
    return [role.label[current()] for role in wave.instrument.study.roles if role.id in wave.instrument.questionnaires]


def shown(wave: WaveFrame, name: str, value: str | None) -> str:
    """What is known of a contact, in words; a dash where it is not."""
    if not value:
        return DASH
    if name == "language":
        return language_name(value)
    return value_name(wave.instrument, name, value) if name in ("role", "source") else value


def masked(email: str) -> str:
    """An address of which only the first letter and the domain are shown."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}•••@{domain}"
