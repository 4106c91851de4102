"""How a wave ends on the console: judged, closed, coded by two people, cut; the numbers met on the way are held."""

from __future__ import annotations

from collections import Counter

from surveyapp import clock
from tests.browser.fieldwork_acts import NEW, Researcher
from tests.browser.fieldwork_stage import Stage
from tests.browser.page_numbers import held
from tests.browser.recount import Recount
from tests.browser.recount_invited import Invited
from tests.browser.recount_judged import coding, marks, quality

QUESTION = f"{NEW}/answers/o_better"
FRAME = {
    1: ("Meer oefenen", "More practice"),
    2: ("Tempo en tijden", "Pace and times"),
    97: ("Iets anders", "Something else"),
}
"""Codes of what could be better, the last of which is there from the start."""
WORDS = {"oefenen": 1, "doen": 1, "praktijk": 1, "tempo": 2, "pauzes": 2, "later": 2}
"""How both coders read: by these words, in this order, and else something else."""
PROGRESS = {"nl": "# van # gecodeerd", "en": "# of # coded"}


def judged(team: Researcher) -> None:
    """One is excluded with a reason, the rest is kept in one go; both can be undone, and the figures follow."""
    wave = Recount(team.stage, 2027, clock.today())
    held(team.at("quality"), quality(wave))
    before = marks(wave)
    held(team.at("results/v_mark"), before)
    page = team.at("quality/cases")
    assert page.locator("table.flagged tbody tr").count() == len(wave.undecided())
    team.goes_on("table.flagged th a")
    page.fill("#reason", "Nothing answered, half a second a page")
    team.goes_on("button[value=exclude]")
    held(team.at("results/v_mark"), marks(Recount(team.stage, 2027, clock.today())))
    team.at("quality/cases?decision=excluded")
    team.goes_on("table.flagged button[value=undo]")
    held(team.at("results/v_mark"), before)
    team.at("quality/cases")
    team.goes_on("table.flagged tbody tr:first-child button[value=exclude]")
    team.at("quality/many/keep?decision=waiting")
    team.goes_on()
    wave = Recount(team.stage, 2027, clock.today())
    assert Counter(case.decision for case in wave.cases)["excluded"] == 1
    assert not wave.undecided()
    few = {"Fewer than # people make the difference: headlines with them are not shown.": 10}
    held(team.at("quality"), quality(wave) | few)
    held(team.at("results/v_mark"), marks(wave))


def closed(team: Researcher) -> None:
    """By the year, typed; whoever has not sent counts as broken off from then on."""
    page = team.at("close")
    page.fill("#year_typed", "2026")
    team.goes_on()
    assert "2027" in page.locator("#summary").inner_text()
    page.fill("#year_typed", "2027")
    team.goes_on()
    assert "The wave of 2027 is now: closed." in page.inner_text("main")
    team.stage.work()  # the answers are frozen and their hash is noted


def coded(stage: Stage) -> None:
    """Two people read and code what could be better; where they differ one of them settles it."""
    admin = Researcher(stage, "admin")
    page = admin.at("answers")
    for box in page.locator("main input[name=reader]").all():
        if (box.get_attribute("value") or "").startswith("researcher"):
            box.check()
    admin.goes_on("form[action$='/readers'] button")
    admin.page.context.close()
    first = Researcher(stage)
    first.page.goto(f"{QUESTION}/coding")
    first.goes_on("form[action$='/begin'] button")
    for nl, en in list(FRAME.values())[:-1]:
        first.page.goto(f"{QUESTION}/frame")
        first.page.fill("#new-label-nl", nl)
        first.page.fill("#new-label-en", en)
        first.goes_on("button[value=add]")
    given = stage.one(
        'SELECT count(*) FROM cases WHERE year = 2027 AND NOT is_test AND answers LIKE \'%"o_better": "%\''
    )
    second = Researcher(stage, language="nl")
    for at, coder in enumerate((first, second)):
        coder.page.goto(f"{QUESTION}/coding")
        coder.goes_on("form[action$='/seat'] button")
        _codes(coder, given, differs=at == 1)
    first.page.goto(f"{QUESTION}/settle")
    _tick(first, 1)
    first.goes_on("#codes button.button")
    second.page.context.close()
    first.page.goto(f"{QUESTION}/coding")
    held(first.page, coding(Recount(stage, 2027, clock.today()), {code: en for code, (_, en) in FRAME.items()}))
    first.page.context.close()


def _codes(coder: Researcher, answers: int, *, differs: bool) -> None:
    """Every answer one after another; who differs takes the first that is about practice for something else."""
    coder.page.goto(f"{QUESTION}/code")
    for done in range(answers):
        held(coder.page, {PROGRESS[coder.language]: (done, answers)})
        said = coder.page.locator("main blockquote, main .answer").first.inner_text().lower()
        code = next((code for word, code in WORDS.items() if word in said), 97)
        if differs and code == 1:
            code, differs = 97, False
        _tick(coder, code)
        coder.goes_on("#codes button.button")


def _tick(coder: Researcher, code: int) -> None:
    for box in coder.page.locator("#codes input[name=code]").all():
        box.set_checked(box.get_attribute("value") == str(code))


def cut(team: Researcher) -> None:
    """Thirty days after the closing nothing ties a person to answers any more; what was counted stays as it was."""
    wave = Invited(team.stage, 2027, clock.today())
    assert sum(one.case is not None for one in wave.people) == team.stage.one("SELECT count(*) FROM case_link")
    rates, mailings, people = wave.rates(), wave.mailings(), len(wave.people)
    held(team.at("fieldwork/rates"), rates)
    team.another_day(days=31)
    team.stage.work()
    assert team.stage.one("SELECT count(*) FROM case_link") == 0
    held(team.at("fieldwork/rates"), rates)
    held(team.at("invitations"), mailings)
    assert team.page.locator("main form button").count() == 0, "nobody can be thanked any more"
    page = team.at("sample")
    assert "nobody can tell any more who answered" in page.inner_text("main")
    gone = {one.id for one in wave.people if one.opted_out or one.bounced}
    row = page.locator("tr.row-net td").all_inner_texts()
    assert row[:2] == [str(people), str(people - len(gone))]
    page = team.at("sample/contacts")
    assert not {"has sent", "has begun"} & set(page.locator("table.case-table td").all_inner_texts())


def kept(stage: Stage) -> None:
    """What is kept and until when, of which the first to go goes on its day with a certificate."""
    admin = Researcher(stage, "admin")
    admin.page.goto("/admin/retention")
    held(admin.page, _kept(stage))
    people = stage.one("SELECT count(*) FROM contact")
    admin.another_day(days=61)
    stage.work()
    assert stage.one("SELECT count(*) FROM contact") == 0
    admin.page.goto("/admin/retention")
    row = admin.page.locator("#certificates tbody tr")
    assert row.count() == stage.one("SELECT count(*) FROM certificate") == 1
    assert row.locator("td[data-name=Removed]").inner_text() == str(people)
    for path in ("sample", "invitations"):
        assert "no contacts of it are kept" in admin.at(path).inner_text("main")
    admin.page.context.close()


def _kept(stage: Stage) -> dict[str, object]:
    """What the page of what is kept must say: how many rows of each kind there are, and for how many days."""
    cases = "SELECT count(*) FROM cases WHERE year = ? AND NOT is_test"
    kinds = {
        "Contacts, with their links and messages": (stage.one("SELECT count(*) FROM contact"), 90),
        "Open answers": (stage.one(f"{cases} AND answers LIKE ?", 2027, '%"o_better": "%'), 365),
        "Names in the audit log": (0, 730),  # none is that old
    }
    found: dict[str, object] = {
        "Back-ups are files of the machine, which this page cannot see; keep them no longer than # days.": 35,
        "What is kept | Answers | Number": (stage.one(cases, 2026), stage.one(cases, 2027)),
    }
    for name, (times, days) in kinds.items():
        after = "# days" if name.startswith("Names") else "# days after closing"
        found |= {f"What is kept | {name} | Number": times, f"What is kept | {name} | Kept: {after}": days}
    return found
