"""A mail as it is written: plain text from a template in one language, and the headers it travels with.

Templates stand in ``templates/email/<kind>.txt``: the subject on the first line, an empty line, the text. Each ends
with who runs the study and how to reach them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import cache
from pathlib import Path

from babel.dates import format_date
from email_validator import EmailNotValidError, validate_email
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from surveyapp import clock
from surveyapp.catalogues import LOCALES, catalogue
from surveyapp.errors import MailNotSent
from surveyapp.fieldwork import made_up
from surveyapp.instrument.model import Organisation
from surveyapp.jobs.mail_headers import MAIL, one_line

TEMPLATES = Path(__file__).parents[1] / "templates" / "email"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, to one person."""

    kind: str  # the template
    to: str
    language: str
    organisation: Organisation
    values: Mapping[str, object]  # what the template fills in
    explanation: str = ""  # what the title of the study means
    is_made_up: bool = False  # the wave it is about is filled by robots


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the product writes as."""

    address: str
    host: str  # of the site; names the mails

    @property
    def greeting(self) -> str:
        """How the product names itself to a mail server: the site's host, never this machine's own name."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return self.host
        return f"[{self.host}]"


@cache
def _templates(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  (plain text: nothing in it is markup)
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(catalogue("respondent", language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["day"] = lambda iso: format_date(date.fromisoformat(iso), "long", locale=LOCALES[language])
    return environment


def written(letter: Letter) -> tuple[str, str]:
    """Subject and text. What a definition fills in is one line, however many its author wrote it in."""
    template = _templates(letter.language).get_template(f"{letter.kind}.txt")
    values = {name: one_line(value) if isinstance(value, str) else value for name, value in letter.values.items()}
    subject, _, text = template.render(
        organisation=_on_lines(letter.organisation), explanation=one_line(letter.explanation), **values
    ).partition("\n\n")
    said = made_up.sentence(letter.is_made_up, letter.language)
    return subject.strip(), f"{text.strip()}\n" + (f"\n{said}\n" if said else "")


def _on_lines(said: Organisation) -> Organisation:
    name, contact, email, telephone = map(one_line, (said.name, said.contact, said.email, said.telephone))
    return replace(said, name=name, contact=contact, email=email, telephone=telephone)


def _address(name: str, address: str) -> Address:
    if one_line(address) != address:  # an address is never mended: it could become somebody else's
        raise MailNotSent("The address is none.", is_final=True)
    try:
        plain = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise MailNotSent("The address is none.", is_final=True) from None
    # A domain in letters of its own travels as its ASCII form; the part before the @ may stay as it is (SMTPUTF8).
    return Address(display_name=one_line(name), username=plain.local_part, domain=plain.ascii_domain)


def message(letter: Letter, sender: Sender, key: str | None = None) -> EmailMessage:
    """The mail, ready to travel.

    Parameters
    ----------
    key : names the mail; the same mail sent again after a refusal bears the same name. Absent: a new one

    Raises
    ------
    MailNotSent     an address is none
    """
    subject, text = written(letter)
    made = headed(letter.organisation, letter.to, subject, sender, key)
    made.set_content(text, cte="quoted-printable")
    made["Content-Language"] = letter.language
    return made


def headed(organisation: Organisation, to: str, subject: str, sender: Sender, key: str | None = None) -> EmailMessage:
    """A mail with its headers and nothing in it yet.

    Raises
    ------
    MailNotSent     an address is none
    """
    made = EmailMessage(policy=MAIL)
    made["From"] = _address(organisation.name, sender.address)
    made["To"] = _address("", to)
    made["Reply-To"] = _address(organisation.name, organisation.email)
    made["Subject"] = subject
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = f"<{key}@{sender.host}>" if key else make_msgid(domain=sender.host)
    made["Auto-Submitted"] = "auto-generated"  # no out-of-office reply, please (RFC 3834)
    return made
