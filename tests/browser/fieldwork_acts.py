"""What a researcher does with a wave on the console, act by act; the numbers met on the way are held."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import openpyxl
from playwright.sync_api import Page

from surveyapp import clock
from tests.browser.fieldwork_people import PARTICIPANTS, TRAINERS, Answers, contact_list, take_part
from tests.browser.fieldwork_stage import STUDY, Stage, press
from tests.browser.page_numbers import held, numbers_on
from tests.browser.recount import Anonymous
from tests.browser.recount_invited import Invited

NEW = f"/console/{STUDY}/2027"
LANDINGS = {"nl": f"/nl/onderzoek/{STUDY}-2027", "en": f"/en/survey/{STUDY}-2027"}
WANTED = {"target-participant": "20", "target-trainer": "4"}
OUTCOMES = ("New", "Changed", "Unchanged", "Opted out earlier", "Twice in the list", "Unknown role", "Invalid")
"""What may become of a row of a list."""
BETTER_ASKED = "What should we do better?"
BOUNCE = """\
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: survey@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <returned.{to}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="AAA"

--AAA
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered.

--AAA
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1

--AAA
Content-Type: message/rfc822

"""


class Researcher:
    """Somebody of the team in a browser without scripts; signs in anew each day."""

    def __init__(self, stage: Stage, who: str = "researcher", language: str = "en") -> None:
        self.stage, self.who, self.language = stage, who, language
        self.page = self._signed_in()

    def _signed_in(self) -> Page:
        return self.stage.signed_in(self.who, self.language, java_script_enabled=False)

    def another_day(self, **passed: float) -> None:
        """Home, and back after this time."""
        self.stage.later(**passed)
        self.page.context.close()
        self.page = self._signed_in()

    def at(self, path: str) -> Page:
        """A page of the new wave."""
        self.page.goto(f"{NEW}/{path}")
        return self.page

    def goes_on(self, what: str = "main form button.button") -> Page:
        """Press what leads on."""
        press(self.page, what)
        return self.page


def made_of_last_years(team: Researcher, mode: str) -> None:
    team.page.goto("/console/")
    team.goes_on(f"a[href='/console/{STUDY}/new']")
    page = team.goes_on()
    assert "Nothing of what is asked differs yet." in page.inner_text("main")
    typed_in = {"opens": "2-3-2027", "closes": "4-4-2027", "report_on": "6-2027", **WANTED}
    for name, typed in typed_in.items():
        page.fill(f"#{name}", typed)
    page.check(f"#mode-{mode}")
    team.goes_on("#settings .button")
    assert "The settings are saved." in page.inner_text("main")


def translated(team: Researcher) -> None:
    """By the translators' workbook: one text in English reads otherwise than last year."""
    page = team.at("instrument/exchange")
    book = openpyxl.load_workbook(io.BytesIO(page.request.get(f"{NEW}/instrument/translations/en.xlsx").body()))
    sheet = book["Translations"]
    row = next(n for n in range(2, 200) if "What could be better?" in [one.value for one in sheet[n]])
    sheet.cell(row, 6).value = BETTER_ASKED
    sent = io.BytesIO()
    book.save(sent)
    page.set_input_files("#file", files=[{"name": "x.xlsx", "mimeType": "application/zip", "buffer": sent.getvalue()}])
    team.goes_on("form[action$='/proposals'] button")
    assert page.locator(".text-pairs .new").all_inner_texts()[0].endswith(BETTER_ASKED)
    team.goes_on("#confirm button:has-text('Take it in')")
    team.at("instrument/compare?against=2026")
    assert BETTER_ASKED in page.inner_text("main")


def tried(team: Researcher) -> None:
    """In both languages; what testers left counts nowhere."""
    team.at("test")
    team.goes_on()
    for language, landing in LANDINGS.items():
        assert take_part(team.stage, landing, Answers(mark=7, language=language))
    page = team.at("open")
    assert numbers_on(page)["done # test cases: they leave the results when the wave opens."] == ("2",)
    assert team.stage.one("SELECT count(*) FROM cases WHERE year = 2027 AND is_test") == 2


def sampled(team: Researcher) -> None:
    """Nothing is written before the list was looked at; then everybody stands there once."""
    page = team.at("sample")
    listed = {"name": "lijst.csv", "mimeType": "text/csv", "buffer": contact_list().encode("cp1252")}
    page.set_input_files("#file", files=[listed])
    team.goes_on("form[action$='/sample/lists'] button")
    people = len(PARTICIPANTS) + len(TRAINERS)
    held(page, looked_at(people))
    assert team.stage.one("SELECT count(*) FROM contact") == 0
    team.goes_on("main form button:has-text('Take in')")
    told = {
        "# contacts were added or changed.": people,
        "# contacts have no link yet. Making them touches nobody else’s. The file holds each link once: keep it as you "
        "would keep keys. No link can be looked up again.": people,
    }
    held(page, Invited(team.stage, 2027, clock.today()).sample() | told)


def looked_at(people: int) -> dict[str, object]:
    """What the list of `contact_list` comes to: one address twice, one that is none, one unknown role."""
    outcomes = {"New": people, "Twice in the list": 1, "Unknown role": 1, "Invalid": 1}
    told = {
        **{f"What the list comes to | {name} | Rows": outcomes.get(name, 0) for name in OUTCOMES},
        "# rows in the list": people + 3,
        "# rows are left out. Download them with the reasons: Excel · CSV": 3,
        "Take in # contacts": people,
    }
    told[f"Twice in the list | {people + 3} | What: The same address stands in row #."] = 2  # the heading is row 1
    return told | {f"{name} (#)": n for name, n in outcomes.items()}


def opened(team: Researcher) -> None:
    page = team.at("open")
    assert page.locator(".checklist .missing").count() == 0
    team.goes_on()
    assert "The wave of 2027 is now: open." in page.inner_text("main")


def written_to(team: Researcher, number: int, kind: str) -> None:
    """A mailing from its texts to its last message; how many it goes to is counted beforehand from the rows."""
    wave = Invited(team.stage, 2027, clock.today())
    people = len(wave.to_remind() if kind == "reminder" else wave.people)
    before = len(team.stage.outgoing.mails)
    team.at("invitations")
    team.goes_on(f"form:has(input[value={kind}]) button")
    page = team.goes_on("main form button:has-text('Save and look')")
    if kind == "invitation":
        team.goes_on("form[action$='/test'] button")
        assert team.stage.outgoing.envelopes[-1][1] == ("researcher-en@example.org",)
        before += 1
    team.at(f"invitations/{number}/recipients")
    held(page, {"# people": people})
    team.goes_on("main form button:has-text('Use this choice')")
    page.check("#moment-now")
    team.goes_on("main form button:has-text('Save and go on')")
    held(page, {"You are about to write to # people. The messages go as soon as you confirm.": people})
    page.fill("#count", str(people + 1))
    team.goes_on("main form button:has-text('Send to')")
    assert len(team.stage.outgoing.mails) == before, "another number than the right one sends nothing"
    page.fill("#count", str(people))
    team.goes_on("main form button:has-text('Send to')")
    team.stage.work()
    assert len(team.stage.outgoing.mails) == before + people
    held(team.at(f"invitations/{number}"), Invited(team.stage, 2027, clock.today()).mailing(number))
    held(team.at("invitations"), Invited(team.stage, 2027, clock.today()).mailings())


def answer(stage: Stage, name: str, given: Answers) -> str:
    """By the link in the newest mail."""
    stage.later(minutes=11)
    return take_part(stage, stage.link_of(f"{name}@example.org"), given)


def returned(stage: Stage, name: str) -> None:
    """The invitation comes back to the mailbox, with a word of the mail server of the address."""
    to = f"{name}@example.org"
    stage.returned.mails.append(BOUNCE.format(to=to).encode() + stage.mails_to(to)[0].as_bytes() + b"\n--AAA--\n")


def one_click(stage: Stage, name: str) -> None:
    """What a mail program sends when its own button for no more mail is pressed (RFC 8058)."""
    mail = stage.mails_to(f"{name}@example.org")[0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = urlsplit(str(mail["List-Unsubscribe"]).strip("<>")).path
    context = stage.browser.new_context(base_url=stage.address)
    assert context.request.post(path, form={"List-Unsubscribe": "One-Click"}).ok
    context.close()


def looked_at_everything(team: Researcher) -> None:
    """The pages that count, each number of them."""
    wave = Invited(team.stage, 2027, clock.today())
    held(team.at("fieldwork"), wave.fieldwork())
    held(team.at("fieldwork/rates"), wave.rates())
    held(team.at("sample"), wave.sample())
    held(team.at("invitations"), wave.mailings())
    lists = {
        "fieldwork/cases": wave.cases,
        "fieldwork/cases?state=complete": [case for case in wave.cases if case.state == "complete"],
        "fieldwork/cases?state=left": [case for case in wave.cases if wave.standing(case) == "left"],
    }
    for path, cases in lists.items():
        team.at(path)
        assert team.page.locator("h1").inner_text() == f"{len(cases)} case{'' if len(cases) == 1 else 's'}"
        assert team.page.locator("table.case-table tbody tr").count() == len(cases)


def counted_by_open_link(team: Researcher) -> None:
    """What an anonymous wave shows of its fieldwork: counts, no rate, nobody by name."""
    held(team.at("fieldwork"), Anonymous(team.stage, 2027, clock.today()).fieldwork())
    assert "RR1" not in team.at("fieldwork/rates").inner_text("main")
    assert "nobody is invited by name" in team.at("sample").inner_text("main")
    assert team.stage.one("SELECT count(*) FROM contact") == 0
