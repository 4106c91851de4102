"""Where the real study departs from its item pool, and why. What is not listed here has the words of the pool.

A departure names the part that differs (``text`` of a question or statement, ``stem`` over statements, ``route``,
``asked``) and for which variables. The test wants these and no others: a departure that is taken back must leave the
list.
"""

from __future__ import annotations

import re
from typing import Any


def curly(words: Any) -> Any:
    """The pool's texts with the one form of the apostrophe that the study writes."""
    if isinstance(words, str):
        return re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?= )", "’", words)
    if isinstance(words, dict):
        return {key: curly(value) for key, value in words.items()}
    return [curly(value) for value in words] if isinstance(words, list) else words


DEPARTURES: dict[str, dict[str, str]] = {
    "The question and its answers fit each other, and one assignment or client is pointed out.": {
        "text": "a_status s_elig b_sector a_expertise a_via dba_steps",
    },
    "A scale of agreement answers 'to what extent do you agree', one of yes and no 'is this true'.": {
        "stem": (
            "dr_fit dr_challenge dr_autonomy dr_meaning dr_goal dr_learn dr_portfolio dr_network dr_rate cl_reliable"
            " cl_terms cl_paid cl_process cl_decide cl_access cl_climate cl_include cl_value rl_equal rl_trust rl_open"
            " rl_clear en_extra en_org en_proud en_share ef_result ef_time ef_value ef_transfer im_match im_speed"
            " im_margin im_support im_pay im_close ev_written ev_goals ev_rateopen ev_signed ev_ready ev_intro"
            " ev_interim ev_mutual ev_notice ev_exit ev_record ev_ref"
        ),
    },
    "Steps are taken, not filled in.": {
        "stem": (
            "ph_brief ph_select ph_screen ph_contract ph_onboard ph_welcome ph_execute ph_feedback ph_close ph_after"
        ),
    },
    "One thing per statement; the subject is named, so that it agrees with whom it is about.": {
        "text": (
            "cl_access ef_time ev_ready ev_intro ev_record evf_ready evf_intro evf_record evf_reuse im_match im_speed"
            " im_margin im_support im_pay im_close gr_assign gr_client mt_brief mt_contract mt_onboard mt_feedback"
            " mt_close mt_after ph_select ev_ref"
        ),
    },
    "A talk that was not held has no results and no feedback, and what runs was not evaluated at its end.": {
        "text": "evf_mutual",
        "route": "ev_record evf_record evf_mutual im_close",
    },
    "The bracket of the rate is asked of every professional, instead of an amount first (docs/decisions/0022).": {
        "text": "a_rateband",
        "route": "a_rateband",
    },
    "Dutch and English as people speak it.": {
        "text": (
            "cl_value ph_brief ph_execute ph_close ef_value hinder mt_execute b_channels rehire b_since b_pc2"
            " nps_interm dba_clear b_kind bem_role inh_kpi"
        ),
        "stem": "mt_brief mt_select mt_contract mt_onboard mt_execute mt_feedback mt_close mt_after",
    },
}
"""Reason → part → variables."""

NOT_ASKED: dict[str, str] = {
    # Decided after the pool was drafted: the manager's questionnaire was shortened.
    "manager": (
        "hinder hs_rules hs_help hs_choice hs_time"
        # Twelve minutes; docs/decisions/0022-twelve-minutes.md gives the reason of each.
        " a_kind a_months a_repeat a_channel a_reason p_days b_volume b_owner a_rate a_rateband c_remarks"
        " im_match im_speed im_margin im_support im_pay im_close"
    ),
    "contractor": (
        "a_months a_repeat a_channel a_hours a_pricing a_rate a_paydays nps_why b_clients b_future b_edu c_remarks"
    ),
    "procurement": "a_rate a_rateband a_paydays c_remarks",
    "intermediary": "a_rate a_rateband a_paydays c_remarks",
}
"""Role → variables of the pool that it is not asked."""

LABELS: dict[tuple[str, int], str] = {
    **{("orgsize", code): "a dash reads and prints shorter than 'tot en met'" for code in range(1, 6)},
    ("via", 1): "answers 'with whom', and fits both sides",
    ("priority10", 8): "'over en weer' is no Dutch for feedback",
    ("a_channel", 4): "no call is put on a platform",
    ("a_channel", 6): "whose website, in words that fit every role",
    ("c_contact", 2): "'meting' and 'wave' are words of researchers",
    ("a_status", 2): "an assignment may also be broken off",
    ("mat5", 1): "'de eigen manier' is no Dutch",
}
"""Answers, by list and code, that read otherwise than in the pool."""

OTHER_LABELS = {"mediation": "mediation is what is done in a dispute"}
"""Labels of constructs."""


def departed(part: str) -> set[str]:
    """The variables that depart from the pool in this part."""
    return {name for parts in DEPARTURES.values() for name in parts.get(part, "").split()}
