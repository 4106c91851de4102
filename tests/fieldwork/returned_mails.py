"""Mails as mail servers and complaint desks send them, written for the tests after RFC 3464, RFC 5965 and what servers
with forms of their own say."""

from __future__ import annotations

OURS = """\
From: "Onderzoek" <survey@example.org>
To: {to}
Subject: Doet u mee?
Message-ID: <0123456789abcdef0123456789abcdef@survey.example.org>
{head}Content-Type: text/plain; charset=utf-8

Beste collega,
"""


def ours(to: str, token: str = "") -> str:
    """The head of a mail of ours, with its signed address when a token is given."""
    head = f"List-Unsubscribe: <https://survey.example.org/u/{token}/afmelden>\n" if token else ""
    return OURS.format(to=to, head=head)


def dsn(to: str, status: str = "5.1.1", action: str = "failed", *, token: str = "", fields: str = "") -> bytes:
    """A delivery status notification as RFC 3464 has it."""
    return f"""\
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: survey@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <{status}.{action}.{to}.{token}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="AAA"

--AAA
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered.

--AAA
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Tue, 1 Dec 2026 09:00:00 +0100

{fields}Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {status.replace(".", "")} nothing to see

--AAA
Content-Type: message/rfc822

{ours(to, token)}
--AAA--
""".encode()


def complaint(to: str, kind: str = "abuse", *, token: str = "", names: bool = True) -> bytes:
    """A complaint as RFC 5965 has it; many desks leave the address out."""
    named = f"Original-Rcpt-To: <{to}>\n" if names else ""
    return f"""\
From: <feedback@mail.example.net>
To: survey@example.org
Subject: FW: Doet u mee?
Message-ID: <{kind}.{to}.{token}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="BBB"

--BBB
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--BBB
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{named}
--BBB
Content-Type: message/rfc822

{ours(to if names else "undisclosed", token)}
--BBB--
""".encode()


def qmail(to: str) -> bytes:
    """As qmail says it (QSBMF), without a word of RFC 3464."""
    return f"""\
From: MAILER-DAEMON@mx.example.net
To: survey@example.org
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{to}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{ours(to)}""".encode()


def exim(to: str) -> bytes:
    """As Exim says it, with the address in a header of its own."""
    return f"""\
From: Mail Delivery System <Mailer-Daemon@mx.example.net>
To: survey@example.org
X-Failed-Recipients: {to}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.

  {to}
    all relevant MX records point to non-existent hosts
""".encode()


AWAY = b"""\
From: Jan <jan@example.org>
To: survey@example.org
Subject: Afwezig
Auto-Submitted: auto-replied

Ik ben met vakantie.
"""
GARBAGE = {
    "nothing": b"",
    "an answer": b"From: jan@example.org\nSubject: Re: Doet u mee?\n\nHaal mij alstublieft van de lijst.\n",
    "away": AWAY,
    "bytes": bytes(range(256)) * 40,
    "a charset that is none": b"Content-Type: text/plain; charset=x-none\nContent-Transfer-Encoding: base64\n\n////\n",
    "cut off": dsn("jan@example.org")[:420],
    "no boundary": b"Content-Type: multipart/report; boundary=\n\n--\n\n",
    "deep": b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(300)),
    "not spam": complaint("jan@example.org", "not-spam"),
    "a status without a recipient": b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n",
    "an address in strange letters": dsn("j\u00e4n@example.org"),
}
