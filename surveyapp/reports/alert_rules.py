"""The rules behind the alerts that rest on counts: mailings, pages, times, languages and mail that is stuck.

Each rule asks for enough people that one more or less would not decide, and none speaks of fewer than `FEWEST`: alerts
are mailed, and a mail says nothing about one person. Numbers of the rules: `screens 2.9` of the design, in
docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from statistics import median
from typing import TYPE_CHECKING

from surveyapp.analysis.two_way_tables import of_counts
from surveyapp.catalogues import LANGUAGES
from surveyapp.fieldwork import network_counts
from surveyapp.fieldwork.drop_off import LEAST_REACHED, PageDropOff
from surveyapp.instrument.system_variables import value_label
from surveyapp.reports.alerts import Alert
from surveyapp.reports.formatting import date_in_words, mean, moment, share
from surveyapp.reports.funnel import FunnelStep
from surveyapp.reports.outlook import counted
from surveyapp.reports.sentences import Words, both, in_both

if TYPE_CHECKING:
    from surveyapp.instrument.model import Instrument
    from surveyapp.reports.round_lines import RoundLine

FEWEST = 3
"""Of fewer people no alert speaks."""
LEAST_SENT = 20
"""A mailing to fewer people is not judged."""
CAME_BACK, WANT_NO_MORE = 0.05, 0.02
"""Shares of a mailing above which it is named."""
TIMES_USUAL = 2
"""A page is named when it loses so many times the share that the pages of its role lose in the middle."""
SHIFT = 0.3
"""A change of the median time by this share is named."""
NO_CHANCE = 0.01
"""Two languages differ on a page when chance would do it less often, over all pages compared (Bonferroni)."""


def mailing_alerts(rounds: Sequence[RoundLine]) -> Iterator[Alert]:
    """Mailings of which many came back, or after which many want no more mail."""
    for one in rounds:
        found = one.figures
        place = f"round:{one.number}"
        if _is_much(found.bounced, found.sent, CAME_BACK):
            text = both(
                "%(round)s: %(share)s of the messages came back (%(n)s of %(all)s).",
                round=one.name, share=_share(found.bounced / found.sent), n=counted(found.bounced),
                all=counted(found.sent),
            )  # fmt: skip
            yield Alert(f"bounced:{one.number}", text, place, found.first_on)
        if _is_much(found.opt_outs, found.delivered, WANT_NO_MORE):
            text = both(
                "%(round)s: %(share)s of who got it wants no more mail (%(n)s of %(all)s).",
                round=one.name, share=_share(found.opt_outs / found.delivered), n=counted(found.opt_outs),
                all=counted(found.delivered),
            )  # fmt: skip
            yield Alert(f"opted-out:{one.number}", text, place, found.first_on)


def _is_much(n: int, of: int, limit: float) -> bool:
    return of >= LEAST_SENT and n >= FEWEST and n / of > limit


def page_alerts(steps: Mapping[str, Sequence[FunnelStep]], names: Mapping[str, Words]) -> Iterator[Alert]:
    """Pages that stand out in the funnel and lose twice what a page in the middle of its role loses."""
    for role, rows in steps.items():
        shares = [step.all.share for step in rows if step.all.reached >= LEAST_REACHED and step.all.share is not None]
        usual = median(shares) if shares else 0.0
        for step in rows:
            lost = step.all.share
            if step.all.rank is None or lost is None or lost <= TIMES_USUAL * usual:
                continue
            text = both(
                "%(role)s, page “%(page)s”: %(share)s of who reached it broke off there; in the middle a page loses "
                "%(usual)s.",
                role=names[role], page=step.title, share=_share(lost), usual=_share(usual),
            )  # fmt: skip
            yield Alert(f"page:{role}:{step.all.page}", text, f"pages-{role}")


def language_alerts(
    by_language: Mapping[str, Mapping[str, Sequence[PageDropOff]]],
    steps: Mapping[str, Sequence[FunnelStep]],
    names: Mapping[str, Words],
    instrument: Instrument,
) -> Iterator[Alert]:
    """Pages on which more people break off in one language than in another, by Pearson's χ² on two groups.

    Parameters
    ----------
    by_language : the drop-off of each language, as `fieldwork.drop_off.drop_off` gives it
    """
    pairs = [
        (role, at, one, other)
        for role, rows in steps.items()
        for at in range(len(rows))
        for one in by_language
        for other in by_language
        if one != other and all(_is_enough(by_language[each][role][at]) for each in (one, other))
    ]
    for role, at, one, other in pairs:
        more, less = by_language[one][role][at], by_language[other][role][at]
        if more.left < FEWEST or (more.share or 0) <= (less.share or 0):
            continue
        p = of_counts([[more.left, more.reached - more.left], [less.left, less.reached - less.left]]).p
        if not p < NO_CHANCE / max(1, len(pairs) // 2):
            continue
        text = both(
            "%(role)s, page “%(page)s”: in %(one)s %(more)s broke off, in %(other)s %(less)s. That is no chance.",
            role=names[role], page=steps[role][at].title, more=_share(more.share or 0), less=_share(less.share or 0),
            one=in_both(value_label("language", one, instrument)),
            other=in_both(value_label("language", other, instrument)),
        )  # fmt: skip
        yield Alert(f"language:{role}:{more.page}:{one}", text, f"pages-{role}")


def _is_enough(row: PageDropOff) -> bool:
    return row.reached >= LEAST_REACHED


def time_alerts(
    seconds: Mapping[tuple[str, bool], Sequence[int]], changed_on: date, names: Mapping[str, Words]
) -> Iterator[Alert]:
    """Roles whose median time is another since the questionnaire changed.

    Parameters
    ----------
    seconds :    times of sent questionnaires by role, and whether they stand on the version in force
    changed_on : the day of the last change
    """
    for role, name in names.items():
        before, after = seconds.get((role, False), ()), seconds.get((role, True), ())
        if min(len(before), len(after)) < LEAST_REACHED:
            continue
        was, now = median(before), median(after)
        if abs(now - was) <= SHIFT * was:
            continue
        text = both(
            "%(role)s: the median time in minutes is %(now)s since the questionnaire changed on %(day)s; "
            "it was %(was)s.",
            role=name, day={one: date_in_words(changed_on, one) for one in LANGUAGES},
            now={one: mean(now / 60, one, 1) for one in LANGUAGES},
            was={one: mean(was / 60, one, 1) for one in LANGUAGES},
        )  # fmt: skip
        yield Alert(f"time:{role}:{changed_on}", text, "card-minutes", changed_on)


def mail_alert(stuck_since: datetime | None, day: date) -> Iterator[Alert]:
    """Mail that is due and does not go."""
    if stuck_since is not None:
        text = both("Mail waits since %(at)s and does not go.", at={one: moment(stuck_since, one) for one in LANGUAGES})
        yield Alert(f"mail:{day}", text, "invitations", day)


def network_alert(beyond: int, since: datetime, day: date) -> Alert:
    """Many questionnaires from one network: an office, or a program.

    Parameters
    ----------
    beyond : how many were sent beyond what one network may send within an hour without a word
    """
    text = both(
        "From one network more than %(most)s questionnaires were sent within an hour; sent beyond those since %(at)s: "
        "%(n)s. That is an office where many take part, or a program.",
        most=counted(network_counts.MOST), n=counted(beyond), at={one: moment(since, one) for one in LANGUAGES},
    )  # fmt: skip
    return Alert(f"network:{day}", text, "quality", day)


def _share(value: float) -> Words:
    return {language: share(value, language, 1) for language in LANGUAGES}
