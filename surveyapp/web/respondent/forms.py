"""What a page's form brings besides answers, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from surveyapp import clock
from surveyapp.errors import AnswersRefused
from surveyapp.numerals import whole_number
from surveyapp.storage.keys import new_secret

OWN_FIELDS = frozenset(
    {"csrf_token", "client_key", "expected", "since", "prompted", "action", "seen", "then", "owner", "turn", "drawn"}
)
LONGEST_STAY = 3600
MOST_DRAWN = 5
_KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")
_NAMES = re.compile(r"[a-z0-9_ ]{0,4000}")


@dataclass(frozen=True, slots=True)
class Posted:
    """A page's form as it came."""

    answers: Mapping[str, Sequence[str]]  # the fields of the answers, unchecked
    action: str  # next · previous · save · language · elsewhere · recall (drafts only) · clear:<question>
    client_key: str
    expected: int
    since: int
    prompted: str
    seen: tuple[str, ...]
    then: str
    turn: int = 0  # counted by the page's script; 0 without one
    drawn: tuple[str, ...] = ()  # of which drafts and forms the page shows the text (`Draft.gives_way`)

    @property
    def seconds(self) -> int:
        """How long the page was open, at most an hour."""
        return min(max(now() - self.since, 0), LONGEST_STAY) if self.since else 0


def posted() -> Posted:
    """The form of this request.

    Raises
    ------
    AnswersRefused     one of the page's own fields was tampered with
    """
    form = request.form
    client_key = form.get("client_key", "")
    prompted = form.get("prompted", "")
    if not _KEY.fullmatch(client_key) or not _NAMES.fullmatch(prompted):
        raise AnswersRefused("The form does not carry the keys it was given out with.")
    return Posted(
        answers={name: values for name, values in form.lists() if name not in OWN_FIELDS},
        action=form.get("action", "next")[:80],
        client_key=client_key,
        expected=_number(form.get("expected", "0")),
        since=_number(form.get("since", "0")),
        prompted=prompted,
        seen=tuple(form.getlist("seen")),
        then="review" if form.get("then") == "review" else "",
        turn=_number(form.get("turn", "0")),
        drawn=tuple(each[:40] for each in form.get("drawn", "").split()[-MOST_DRAWN:]),
    )


def kept(
    answers: Mapping[str, Sequence[str]],
    expected: int,
    since: int = 0,
    prompted: str = "",
    *,
    client_key: str = "",
    drawn: tuple[str, ...] = (),
) -> Posted:
    """The form of a page that was answered and not saved, as it was kept."""
    then = "review" if is_review() else ""
    return Posted(answers, "next", client_key, expected, since, prompted, (), then, drawn=drawn)


def is_review() -> bool:
    """Whether the person came from the review, and goes back there."""
    return request.args.get("then") == "review"


def _number(text: str) -> int:
    found = whole_number(text, most=10**12 - 1)  # seconds since 1970 among them
    if found is None:
        raise AnswersRefused("The form does not carry the keys it was given out with.")
    return found


def now() -> int:
    """The moment a form is given out, in seconds."""
    return int(clock.now().timestamp())


def client_key() -> str:
    """The key of one form: the same form sent twice is stored once."""
    return new_secret()
