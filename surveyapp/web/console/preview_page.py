"""The questionnaire itself, shown to who makes it: every role, page, language, width and message; nothing is stored.

What was answered so far travels in the address (``a``), so a preview can be shown to a colleague and no case is made. A
page that is asked for without answers is reached by a robot, which finds answers that lead there.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.catalogues import LANGUAGES
from surveyapp.engine.answers import Answers, Value
from surveyapp.engine.misuse import misuses
from surveyapp.engine.profile import FLAT
from surveyapp.engine.robots import Crew
from surveyapp.errors import NotFound
from surveyapp.instrument.conditions.sentence import block_text
from surveyapp.instrument.model import SKIPPED, Instrument, Page, Question, Questionnaire, Shape
from surveyapp.instrument.rotations import as_stored
from surveyapp.recent import Recent
from surveyapp.reports.subjects import in_words
from surveyapp.web.console.block_choices import Draw, draws_of, is_asked
from surveyapp.web.console.choices import Select, one_of
from surveyapp.web.console.frame import WaveFrame, language_name
from surveyapp.web.languages import current, translate

LONGEST_STATE = 3_000
"""Characters of an address; longer texts are cut, since an address has its limit at 4,094."""
LARGEST_STATE = 200_000
ROBOTS = 400
_ways: Recent[tuple[str, ...], str | None] = Recent(512)
ALL = "all"
FORGED = "This address does not hold what a preview puts there; start again from the first page."


@dataclass(frozen=True, slots=True)
class PreviewFrame:
    """One page drawn in one language, in a frame of its own."""

    title: str
    language: str
    address: str


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """The frames and what can be chosen."""

    selects: tuple[Select, ...]
    block: str  # which block the page belongs to, in words; empty: none
    width: str
    frames: tuple[PreviewFrame, ...]
    is_from_files: bool
    notice: str  # why another page is shown than the one asked for; empty otherwise
    previous: str
    following: str
    prints: tuple[tuple[str, str], ...]


def packed(answers: Answers) -> str:
    """Answers as a piece of an address; texts that would make it too long are shortened, then left out."""
    for longest in (400, 40, 0):
        kept = {
            name: value[:longest] if isinstance(value, str) else value
            for name, value in answers.items()
            if longest or not isinstance(value, str)
        }
        raw = json.dumps(kept, separators=(",", ":"), ensure_ascii=False).encode()
        text = base64.urlsafe_b64encode(zlib.compress(raw, 9)).decode().rstrip("=")
        if len(text) <= LONGEST_STATE:
            return text
    return text


def unpacked(text: str) -> dict[str, Value]:
    """The answers in a piece of an address.

    Raises
    ------
    NotFound     it was not made by `packed`
    """
    try:
        raw = base64.urlsafe_b64decode(text[: 2 * LONGEST_STATE] + "=" * (-len(text) % 4))
        data = json.loads(zlib.decompressobj().decompress(raw, LARGEST_STATE).decode())
    except (ValueError, zlib.error):  # json and unicode errors are ValueErrors
        raise NotFound(FORGED) from None
    if not isinstance(data, dict):
        raise NotFound(FORGED)
    return data


def fitting(questionnaire: Questionnaire, answers: Mapping[str, Value]) -> dict[str, Value]:
    """The answers that can be answers to this questionnaire, whatever an address holds."""
    # Everybody has drawn something; an address that does not say what gets the first draw.
    kept: dict[str, Value] = {}
    for variable in questionnaire.rotations:
        draws = [as_stored(variable, codes) for codes in variable.draw.drawn()] if variable.draw is not None else []
        if draws:
            kept[variable.name] = held if (held := answers.get(variable.name)) in draws else draws[0]
    for name, value in answers.items():
        question = questionnaire.questions.get(name)
        if question is not None:
            if _fits(question, value):
                kept[name] = value
        elif name.removesuffix("_other") in questionnaire.questions and isinstance(value, str):
            kept[name] = value
    return kept


def _fits(question: Question, value: object) -> bool:
    variable, shape = question.variable, question.variable.type.shape
    missing = {each.code for each in question.missing} | {SKIPPED}
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float) and value in missing:
        return True
    if shape is Shape.CODE:
        return isinstance(value, int) and value in variable.codes
    if shape is Shape.NUMBER:
        return isinstance(value, int | float) and value >= 0
    if shape is Shape.TEXT:
        return isinstance(value, str)
    if isinstance(value, list):
        return all(type(code) is int and code in variable.codes for code in value)
    codes = {str(code) for code in variable.codes}
    return isinstance(value, dict) and all(code in codes and type(part) in (int, float) for code, part in value.items())


def way_to(instrument: Instrument, role: str, page: str, language: str, drawn: Draw | None = None) -> dict[str, Value]:
    """Answers that lead this role to the page, as a robot found them.

    Parameters
    ----------
    drawn : the blocks that were drawn; absent: any draw in which the page stands

    Raises
    ------
    NotFound     no such role or page, or no robot came there
    """
    questionnaire = instrument.questionnaire(role)
    if page not in questionnaire.by_id:
        raise no_page(instrument, role, page)
    key = (instrument.hash, role, page, language, json.dumps(drawn))
    found = _ways.get(key, lambda: _found_way(questionnaire, page, language, drawn))
    if found is None:
        title = questionnaire.by_id[page].title
        raise NotFound("No robot of %(n)s came to page %(page)s; see what its conditions ask.", n=ROBOTS, page=title)
    return json.loads(found)  # type: ignore[no-any-return]


def no_page(instrument: Instrument, role: str, page: str) -> NotFound:
    """The error for a page that a role's questionnaire does not have."""
    said = in_words({role: instrument.role(role).label})
    return NotFound("The questionnaire for role %(role)s has no page %(page)s.", role=said, page=page[:60])


def _found_way(questionnaire: Questionnaire, page: str, language: str, draw: Draw | None) -> str | None:
    crew = Crew(questionnaire, FLAT)
    for seed in range(ROBOTS):
        answers: dict[str, Value] = dict(crew.drawn(seed) if draw is None else draw)
        walk = crew.walk(seed, language, drawn=answers)
        if page not in walk.pages:
            continue
        for step in walk.steps:
            if step.page == page:
                return json.dumps(answers)
            answers.update({name: value for name, value in step.values.items() if value != -8})
    return None


def preview_page(
    wave: WaveFrame, instrument: Instrument, chosen: Mapping[str, str], *, is_from_files: bool
) -> PreviewPage:
    """The host page.

    Parameters
    ----------
    chosen : role, page, width, tongues and state as asked for; what is absent becomes the first of its kind. Whoever
        chooses another role or draw in the form still sends the page of before: one that it lacks is said to be missing

    Raises
    ------
    NotFound     the wave asks nobody anything, or no robot came to the page
    BadQuery     something is asked for that the questionnaire has nowhere
    """
    if not instrument.questionnaires:
        raise NotFound("This wave came in as a file; there is no questionnaire to show.")
    roles = {each: instrument.role(each).label[current()] for each in instrument.questionnaires}
    role = one_of("role", chosen.get("role", ""), roles)
    questionnaire = instrument.questionnaires[role]
    draws = draws_of(questionnaire)
    asked_draw = chosen.get("draw", "")
    if not any(asked_draw in draws_of(each) for each in instrument.questionnaires.values()):
        one_of("draw", asked_draw, {"": "", **{key: said for key, (said, _) in draws.items()}})
    draw = asked_draw if asked_draw in draws else ""
    drawn = draws[draw][1] if draw else None
    asked = [each for each in questionnaire.pages if is_asked(each, drawn)]
    wished = one_of("page", chosen.get("page", ""), {"": "", **_every_page(instrument)})
    page = wished if any(each.id == wished for each in asked) else asked[0].id
    is_elsewhere = wished not in ("", page)
    block = questionnaire.by_id[page].block
    widths = {"phone": translate("phone, 390 wide"), "desktop": translate("desktop")}
    width = one_of("width", chosen.get("width", ""), widths)
    offered = tuple(language for language in instrument.languages if language in LANGUAGES)
    spoken = {"both": translate("side by side"), **{each: language_name(each) for each in offered}}
    tongues = one_of("tongues", chosen.get("tongues", ""), spoken)
    shown = offered if tongues == "both" else (tongues,)
    answers = way_to(instrument, role, page, instrument.languages[0], drawn)
    found = misuses(questionnaire, page, answers, instrument.languages[0])
    states = [("", translate("as first seen")), *((str(n), _state_name(n)) for n in range(1, len(found) + 1))]
    states.append((ALL, translate("every message, one below the other")))
    state = chosen.get("state", "")
    if not state.isdecimal():
        one_of("state", state, dict(states))
    state = state if state in dict(states) else ""  # of another page more could be wrong
    wanted = [number for number, _ in states if number != ALL] if state == ALL else [state]

    def here(other: str) -> str:
        if not other:
            return ""
        names = {"role": role, "page": other, "width": width, "tongues": tongues, **({"draw": draw} if draw else {})}
        return wave.address("console.instrument_preview", **names)

    ids = [each.id for each in asked]
    place = ids.index(page)
    packing = packed(answers)
    offered_draws = (("", translate("any")), *((key, name) for key, (name, _) in draws.items()))
    pages = tuple((each.id, f"{n}. {_page_name(each)}") for n, each in enumerate(asked, start=1))
    return PreviewPage(
        selects=(
            Select("role", translate("Start as"), tuple(roles.items()), role),
            *((Select("draw", translate("Blocks drawn"), offered_draws, draw),) if draws else ()),
            Select("page", translate("Page"), pages, page),
            Select("tongues", translate("Language"), tuple(spoken.items()), tongues),
            Select("width", translate("Width"), tuple(widths.items()), width),
            Select("state", translate("Messages"), tuple(states), state),
        ),
        block="" if block is None else block_text(block, current()),
        width=width,
        frames=tuple(
            PreviewFrame(
                ", ".join(filter(None, (language_name(language), dict(states)[number]))),
                language,
                wave.address(
                    "console.instrument_frame",
                    role=role,
                    language=language,
                    page=page,
                    a=packing,
                    **({"show": number} if number else {}),
                ),
            )
            for number in wanted
            for language in shown
        ),
        is_from_files=is_from_files,
        notice=translate("The page asked for is not put to this role with these blocks; you see the first.")
        if is_elsewhere
        else "",
        previous=here(ids[place - 1] if place else ""),
        following=here(ids[place + 1] if place + 1 < len(ids) else ""),
        prints=tuple(
            (
                f"{instrument.role(each).plural[current()]}, {language_name(language)}",
                wave.address("console.instrument_print", role=each, language=language),
            )
            for each in instrument.questionnaires
            for language in offered
        ),
    )


def _every_page(instrument: Instrument) -> dict[str, str]:
    return {page.id: page.title[current()] for each in instrument.questionnaires.values() for page in each.pages}


def _page_name(page: Page) -> str:
    title = page.title[current()]
    if page.block is None:
        return title
    return translate("%(page)s (block %(block)s)", page=title, block=page.block.label[current()])


def _state_name(number: int) -> str:
    return translate("left empty") if number == 1 else translate("mistakes, set %(n)s", n=number - 1)
