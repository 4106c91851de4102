"""A message of a round as it travels: plain text, the same words as HTML, and the headers of one person's mail.

The HTML asks nothing from elsewhere: no picture, no font, no script. Its links have words, so that who has them read
aloud hears where they lead; the plain text has the addresses.

What a preview shows is made by the same function, with stand-ins of the same length for what is one person's secret:
the link, the address for no more mail, and the name of the mail. All other bytes are those that are sent.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage

from surveyapp.fieldwork import invitation_texts, made_up, unsubscribing
from surveyapp.fieldwork.invitation_sending import InHand
from surveyapp.fieldwork.invitation_texts import RoundText
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.waves import landing
from surveyapp.instrument.model import Instrument
from surveyapp.jobs.mail import Sender, headed

NO_KEY = "0" * 32
LINK_WORDS = {"nl": "Naar de vragenlijst", "en": "Go to the questionnaire"}
OPT_OUT_WORDS = {"nl": "afmelden", "en": "unsubscribe"}
_LINK_STAND_IN = {"nl": "uw-persoonlijke-link--", "en": "your-personal-link----"}
"""As long as a link's secret."""
_OPT_OUT_STAND_IN = {"nl": "uw-eigen-afmeldlink".ljust(43, "-"), "en": "your-own-unsubscribe-link".ljust(43, "-")}
_BODY = "margin:0;padding:24px 16px;font-family:Arial,Helvetica,sans-serif;font-size:17px;line-height:1.5"
_BUTTON = (
    "display:inline-block;padding:12px 20px;border-radius:6px;background-color:#0B5C8A;color:#FFFFFF;"
    "text-decoration:none;font-weight:bold"
)
_ANCHOR = "color:#0B5C8A"
_DARK = "@media (prefers-color-scheme:dark){.text{color:#7CC4EC!important}}"


@dataclass(frozen=True, slots=True)
class RoundMessage:
    """What one message says, to whom, with what is theirs alone."""

    to: str
    name: str | None
    language: str
    text: RoundText
    instrument: Instrument
    key: str  # names the mail
    link: str
    unsubscribe: Mapping[str, str]  # the headers of no more mail
    opt_out: str
    is_made_up: bool = False


def of_hand(taken: InHand, base_url: str, *, salt: str) -> RoundMessage:
    """The message that is in hand."""
    said = (base_url, taken.contact_id, taken.language)
    return RoundMessage(
        taken.email,
        taken.name,
        taken.language,
        taken.text,
        taken.instrument,
        taken.message_id.hex,
        base_url + taken.path,
        unsubscribing.headers(*said, salt=salt),
        unsubscribing.address(*said, salt=salt),
        taken.is_made_up,
    )


def previewed(
    instrument: Instrument,
    mode: str,
    text: RoundText,
    language: str,
    to: str,
    name: str | None,
    base_url: str,
    *,
    is_made_up: bool = False,
) -> RoundMessage:
    """The same message before it goes: with stand-ins that lead nowhere.

    Parameters
    ----------
    mode : the wave's; in an anonymous one the link is everybody's and stands there as it is
    """
    study, year = instrument.study.id, instrument.wave.year
    is_personal = mode == CONFIDENTIAL
    path = f"/i/{_LINK_STAND_IN[language]}" if is_personal else landing(study, year, language)
    opt_out = base_url + unsubscribing.PATHS[language].replace("<token>", _OPT_OUT_STAND_IN[language])
    headers = {"List-Unsubscribe": f"<{opt_out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return RoundMessage(to, name, language, text, instrument, NO_KEY, base_url + path, headers, opt_out, is_made_up)


def written(said: RoundMessage) -> tuple[str, str, str]:
    """Subject, plain text and HTML."""
    values = invitation_texts.values_of(said.instrument, said.language, said.name, link=said.link, opt_out=said.opt_out)
    subject = invitation_texts.filled(said.text.subject, values)
    note = made_up.sentence(said.is_made_up, said.language)
    body = said.text.text + (f"\n\n{note}" if note else "")
    text = invitation_texts.filled(body, values)
    return subject, f"{text}\n", _page(subject, body, values, said.language)


def message(said: RoundMessage, sender: Sender) -> EmailMessage:
    """The mail, ready to travel.

    Raises
    ------
    MailNotSent     the address is none
    """
    subject, text, page = written(said)
    made = headed(said.instrument.study.organisation, said.to, subject, sender, said.key)
    for name, value in said.unsubscribe.items():
        made[name] = value
    made.set_content(text, cte="quoted-printable")
    made.add_alternative(page, subtype="html", cte="quoted-printable")
    made.set_boundary(f"=_{said.key}")
    made["Content-Language"] = said.language  # not before: making parts of it would take the header into the first
    return made


def _page(subject: str, body: str, values: Mapping[str, str], language: str) -> str:
    blocks = [_block(block, values, language) for block in body.split("\n\n") if block.strip()]
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{html.escape(subject)}</title>\n<style>{_DARK}</style>\n</head>\n"
        f'<body style="{_BODY}">\n<div style="max-width:36em">\n' + "\n".join(blocks) + "\n</div>\n</body>\n</html>\n"
    )


def _block(block: str, values: Mapping[str, str], language: str) -> str:
    is_button = block.strip() == "{link}"
    lines = "<br>\n".join(_line(line, values, language, is_button=is_button) for line in block.strip().split("\n"))
    return f'<p style="margin:0 0 16px">{lines}</p>'


def _line(line: str, values: Mapping[str, str], language: str, *, is_button: bool) -> str:
    made = []
    for part in invitation_texts.parts(line):
        if isinstance(part, str):
            made.append(html.escape(part))
            continue
        (name,), value = part, values[part[0]]
        where = html.escape(value, quote=True)
        if name == "link":
            style, mark = (_BUTTON, "") if is_button else (_ANCHOR, ' class="text"')
            made.append(f'<a href="{where}" style="{style}"{mark}>{LINK_WORDS[language]}</a>')
        elif name == "opt_out":
            made.append(f'<a href="{where}" style="{_ANCHOR}" class="text">{OPT_OUT_WORDS[language]}</a>')
        elif name == "email":
            made.append(f'<a href="mailto:{where}" style="{_ANCHOR}" class="text">{where}</a>')
        else:
            made.append(html.escape(" ".join(value.split())))
    return "".join(made)
