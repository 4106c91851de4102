"""What returned mail says, in the forms in which it comes."""

from __future__ import annotations

import pytest

from surveyapp.fieldwork import delivery_reports
from surveyapp.fieldwork.delivery_reports import MOST, Kind
from tests.fieldwork.returned_mails import GARBAGE, complaint, dsn, exim, qmail

JAN = "jan@example.org"
TOKEN = "t" * 43


@pytest.mark.parametrize(
    ("status", "action", "kind"),
    [
        # RFC 3463: 5 is for good, 4 for now; x.1 is the address, x.2.2 a full mailbox, x.7 a policy
        ("5.1.1", "failed", Kind.HARD),
        ("5.2.1", "failed", Kind.HARD),
        ("5.0.0", "failed", Kind.HARD),
        ("5.2.2", "failed", Kind.SOFT),
        ("5.7.1", "failed", Kind.SOFT),
        ("5.4.4", "failed", Kind.HARD),  # what Postfix says of a domain that does not exist
        ("5.4.1", "failed", Kind.SOFT),
        ("5.1.8", "failed", Kind.SOFT),  # our own address
        ("4.4.7", "failed", Kind.SOFT),
        ("4.2.0", "delayed", Kind.SOFT),
    ],
)
def test_what_is_about_the_address_is_for_good_and_all_else_may_pass(status: str, action: str, kind: Kind) -> None:
    said = delivery_reports.read(dsn("Jan@Example.org", status, action, token=TOKEN))
    assert (said.kind, said.code, said.recipients) == (kind, status, (JAN,))
    assert said.tokens == (TOKEN,)
    assert said.message_ids == ("0123456789abcdef0123456789abcdef@survey.example.org",)


@pytest.mark.parametrize("mail", [qmail(JAN), exim(JAN)], ids=["qmail", "exim"])
def test_servers_with_a_form_of_their_own_are_understood(mail: bytes) -> None:
    said = delivery_reports.read(mail)
    assert said.kind is Kind.HARD
    assert JAN in said.recipients


def test_the_address_that_was_written_to_is_known_where_another_is_reported() -> None:
    said = delivery_reports.read(dsn("j.jansen@elsewhere.example", fields=f"Original-Recipient: rfc822;{JAN}\n"))
    assert set(said.recipients) == {JAN, "j.jansen@elsewhere.example"}


@pytest.mark.parametrize("kind", ["abuse", "fraud", "opt-out"])
def test_a_complaint_is_told_from_a_failure(kind: str) -> None:
    assert delivery_reports.read(complaint(JAN, kind)).kind is Kind.COMPLAINT
    hidden = delivery_reports.read(complaint(JAN, kind, token=TOKEN, names=False))
    assert (hidden.kind, hidden.recipients, hidden.tokens) == (Kind.COMPLAINT, (), (TOKEN,))


@pytest.mark.parametrize("name", GARBAGE)
def test_whatever_else_lies_there_is_not_understood_and_nothing_breaks(name: str) -> None:
    assert delivery_reports.read(GARBAGE[name]).kind is Kind.NOT_UNDERSTOOD


def test_of_a_mail_of_fifty_megabytes_the_first_part_says_it_all() -> None:
    huge = dsn(JAN).replace(b"Beste collega,", b"x" * (50 * 1024 * 1024))
    assert delivery_reports.read(huge).kind is Kind.HARD
    assert delivery_reports.fingerprint(huge, "s") == delivery_reports.fingerprint(huge[:MOST], "s")


def test_a_mail_is_known_again_whatever_way_it_was_fetched() -> None:
    mail = dsn(JAN)
    assert delivery_reports.fingerprint(mail, "s") == delivery_reports.fingerprint(mail.replace(b"\n", b"\r\n"), "s")
    assert delivery_reports.fingerprint(mail, "s") != delivery_reports.fingerprint(dsn("els@example.org"), "s")
    assert delivery_reports.fingerprint(mail, "s") != delivery_reports.fingerprint(mail, "another secret")
