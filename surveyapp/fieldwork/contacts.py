"""A list of contacts for a wave: read from a file, checked row by row, taken in whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from surveyapp.errors import ImportRefused, RowFault, WrongState
from surveyapp.fieldwork.arrivals import PERSONAL_LINK, declare_sources, source_name
from surveyapp.fieldwork.sample_columns import LONGEST_NAME
from surveyapp.fieldwork.text_table import MOST_FAULTS, read_text_table, require_columns
from surveyapp.fieldwork.unsubscribing import opted_out, settle
from surveyapp.fieldwork.waves import open_link_command, wave_info
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.near import nearest_words
from surveyapp.numerals import counted
from surveyapp.storage import contacts, keys
from surveyapp.storage.database import Session

COLUMNS = ("email", "name", "role", "language", "source")
MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Contact:
    """One row of the file, checked."""

    row: int  # as a spreadsheet counts: 1 is the header
    email: str
    name: str | None
    role: str | None  # None: chooses on the landing page
    language: str
    source: str


@dataclass(frozen=True, slots=True)
class ContactReport:
    """What an import took in, or would take in."""

    contacts: int
    by_role: Mapping[str, int]
    opted_out: int  # said in an earlier list that they want no mail; taken in, never written to


def read_contacts(data: bytes, instrument: Instrument) -> tuple[Contact, ...]:
    """The contacts in a file with the columns email, name, role, language and source.

    Only ``email`` has to be there. Semicolons or commas; UTF-8 or what a Windows spreadsheet saves.

    Raises
    ------
    ImportRefused     anything does not fit; ``faults`` name each row, at most fifty
    """
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    found: list[Contact] = []
    for number, row in _rows(data).items():
        contact = _contact(number, row, instrument, faults)
        if contact is None:
            continue
        if contact.email in seen:
            faults.append(RowFault(number, "email", f"{contact.email} stands in row {seen[contact.email]} too"))
            continue
        seen[contact.email] = number
        found.append(contact)
    _refuse(faults)
    if not found:
        raise ImportRefused("The file holds no contacts; give one address per line below the header.")
    return tuple(found)


def plan_import(
    session: Session, instrument: Instrument, listed: tuple[Contact, ...], *, salt: str = ""
) -> tuple[ContactReport, list[dict[str, object]]]:
    """What taking these contacts in comes to, and the rows to store; nothing is written.

    Parameters
    ----------
    salt : the application's secret, to know who opted out of a wave whose contacts are gone

    Raises
    ------
    WrongState        the wave is over, or anonymous: nobody is invited to it by name
    ImportRefused     an address is a contact of this wave already; ``faults`` name each row
    """
    study, year = instrument.study.id, instrument.wave.year
    info = wave_info(session, study, year)
    if info.is_settled:
        raise WrongState(f"{study} {year} is {info.state}: nobody can be invited any more.")
    if info.mode != "confidential":
        raise WrongState(
            f"{study} {year} is anonymous: nobody can be given a personal link in it, so no address is kept for it. "
            f"Send everyone the open link instead: {open_link_command(study, year)}"
        )
    known = contacts.addresses(session, study, year)
    _refuse(
        [
            RowFault(contact.row, "email", f"{contact.email} is a contact of this wave already")
            for contact in listed
            if contact.email in known
        ]
    )
    out = opted_out(session, study, [contact.email for contact in listed], salt=salt)
    rows: list[dict[str, object]] = [
        {
            "study_id": study,
            "contact_id": keys.uuid7(),
            "year": year,
            "email": contact.email,
            "name": contact.name,
            "role": contact.role,
            "language": contact.language,
            "source": contact.source,
            "opted_out_on": out.get(contact.email),
        }
        for contact in listed
    ]
    by_role = Counter(contact.role or "" for contact in listed)
    return ContactReport(len(rows), dict(by_role), sum(row["opted_out_on"] is not None for row in rows)), rows


def import_contacts(
    session: Session, instrument: Instrument, listed: tuple[Contact, ...], *, salt: str = ""
) -> ContactReport:
    """Take contacts in: all of them or, on any fault, none.

    Raises
    ------
    NotFound, WrongState, ImportRefused     as `plan_import`
    """
    report, rows = plan_import(session, instrument, listed, salt=salt)
    named = sorted({contact.source for contact in listed})
    declare_sources(session, instrument.study.id, instrument.wave.year, named)
    contacts.add(session, rows)
    settle(session, instrument.study.id, [contact.email for contact in listed], salt=salt)
    return report


def _rows(data: bytes) -> dict[int, dict[str, str]]:
    table = read_text_table(
        data, separator=None, encoding=None, most_bytes=MOST_BYTES, most_rows=MOST_ROWS, may_be_short=True
    )
    table = table.rename(columns=str.lower)
    table = table.loc[:, (table.columns != "") | (table != "").any().to_numpy()]  # none that is empty from end to end
    require_columns([*table], COLUMNS, ("email",), f"is no column of a list of contacts ({', '.join(COLUMNS)})")
    return dict(table.to_dict("index"))


def _contact(number: int, row: Mapping[str, str], instrument: Instrument, faults: list[RowFault]) -> Contact | None:
    """The contact of a row; its faults are added to the list."""
    before = len(faults)
    typed, role, language = row.get("email", ""), row.get("role", ""), row.get("language", "").lower()
    email = ""
    try:
        # One person writes an address in one way here and in another there: capitals do not make another contact.
        email = validate_email(typed[:320], check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        faults.append(RowFault(number, "email", f"{typed[:80]!a} is no e-mail address" if typed else "is missing"))
    if role and role not in instrument.questionnaires:
        known = ", ".join(instrument.questionnaires)
        near = nearest_words(role, instrument.questionnaires)
        faults.append(RowFault(number, "role", f"{role[:40]!a} is no role of this wave; choose {known}{near}"))
    if language and language not in instrument.study.languages:
        known = ", ".join(instrument.study.languages)
        faults.append(
            RowFault(number, "language", f"{row['language'][:20]!a} is no language of this study; choose {known}")
        )
    source = row.get("source", "")
    if source and source_name(source) is None:
        faults.append(RowFault(number, "source", f"{source[:40]!a}: use small letters, digits and hyphens"))
    if len(row.get("name", "")) > LONGEST_NAME:
        faults.append(RowFault(number, "name", f"longer than {LONGEST_NAME} characters"))
    if len(faults) > before:
        return None
    return Contact(
        row=number,
        email=email,
        name=row.get("name") or None,
        role=role or None,
        language=language or instrument.study.source_language,
        source=source_name(source) or PERSONAL_LINK,
    )


def _refuse(faults: list[RowFault]) -> None:
    if faults:
        rows = len({fault.row for fault in faults})
        mistakes, where = counted(len(faults), "mistake", "mistakes"), counted(rows, "row", "rows")
        raise ImportRefused(f"{mistakes} in {where}; nothing was taken in.", tuple(faults[:MOST_FAULTS]))
