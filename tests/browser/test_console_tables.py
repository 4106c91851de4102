"""Tables of the console that no text of a test shows: as they break on a screen, fold on a phone and print."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from surveyapp.instrument.loader import load_instrument
from tests.web.conftest import REAL

pytestmark = pytest.mark.browser
CONSOLE = Path(__file__).parents[2] / "surveyapp"
HASH = "1f544cd7be4c61d24fb909475f25a0ef188005c9051b26d81a4ccda6f0" * 2


def styles() -> str:
    """The looks of the console, to be put before a piece of a page."""
    names = ("tokens.css", "base.css", "console.css")
    return "".join(f"<style>{(CONSOLE / 'static/css' / name).read_text(encoding='utf-8')}</style>" for name in names)


def test_what_was_done_stays_on_one_line_and_a_hash_breaks(chromium: Browser) -> None:
    template = (CONSOLE / "templates/console/admin/audit.html").read_text(encoding="utf-8")
    row = template.split("{% for line in page.lines %}")[1].split("{% endfor %}")[0]
    for shown, text in {
        "{{ line.entry }}": "6",
        "{{ line.at | day }}, {{ line.at | hour }}": "30 november 2026, 15:52",
        "{{ line.actor }}": "researcher@example.org",
        "{{ line.action }}": "account.sign_in",
        "{{ line.subject }}": "researcher@example.org",
        "{{ in_words(line.details) }}": f"file: goed-opdrachtgeverschap-2026-report.xlsx · sha256: {HASH}",
    }.items():
        assert shown in row
        row = row.replace(shown, text)
    page = chromium.new_page(viewport={"width": 1100, "height": 600})
    page.set_content(f'{styles()}<main class="console"><table>{row}</table></main>')
    lines = "box => box.getClientRects().length"
    assert page.locator("td code").evaluate(lines) == 1
    assert page.locator("time").evaluate(lines) <= 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_on_paper_the_base_stands_once_under_its_figures(chromium: Browser) -> None:
    page = chromium.new_page()
    page.emulate_media(media="print")
    page.set_content(f"{styles()}<table><thead><tr><th>a</th></tr></thead><tfoot><tr><td>n</td></tr></tfoot></table>")
    shown = "part => getComputedStyle(part).display"
    assert page.locator("thead").evaluate(shown) == "table-header-group", "a head is printed again on each page"
    assert page.locator("tfoot").evaluate(shown) == "table-row-group", "a footer would be, before a figure stood there"
    page.close()


def test_on_a_phone_only_heads_to_sort_by_stand_above_the_cards(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 600})
    table = '<table class="case-table" id="{key}"><thead><tr><th>{head}</th></tr></thead></table>'
    page.set_content(
        styles() + table.format(key="runs", head="Size") + table.format(key="cases", head='<a href="#">Role</a>')
    )
    assert not page.locator("#runs thead").is_visible()
    assert page.locator("#cases thead").is_visible()
    page.close()


def test_four_cards_of_a_reader_fill_one_line(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 600})
    card = '<li class="card"></li>'
    last = '<li class="card" id="card-response-rate"></li>'
    tops = "all => new Set(all.map(one => one.getBoundingClientRect().top)).size"
    for before, lines in ((3, 1), (6, 2)):
        page.set_content(f'{styles()}<ul class="cards">{card * before}{last}</ul>')
        assert page.locator(".cards > li").evaluate_all(tops) == lines
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("before", range(2, 8))
def test_the_cards_leave_no_hole(chromium: Browser, before: int, width: int) -> None:
    """However many there are: each line of them ends where the first does."""
    page = chromium.new_page(viewport={"width": width, "height": 600})
    last = '<li class="card" id="card-response-rate"><h3>Respons</h3></li>'
    page.set_content(f'{styles()}<ul class="cards">{"<li class=card><h3>Verstuurd</h3></li>" * before}{last}</ul>')
    boxes = "all => all.map(one => one.getBoundingClientRect()).map(box => [box.top, Math.round(box.right)])"
    ends = dict(page.locator(".card").evaluate_all(boxes))
    assert len(set(ends.values())) == 1, ends
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_letters_move_neither_the_figure_nor_its_interval(chromium: Browser, width: int) -> None:
    cell = '<td class="number">27%<span class="interval">18–39%</span>{}</td>'
    row = f"<tr><th>9</th>{cell.format('')}{cell.format('<span class=letters>BCDEF</span>')}</tr>"
    head = '<th class="number">A</th>'
    page = chromium.new_page(viewport={"width": width, "height": 600})
    table = f'<table class="banner-table gutter-5"><thead><tr><th></th>{head}{head}</tr></thead>{row}</table>'
    page.set_content(f'{styles()}<main class="console">{table}</main>')
    boxes = [page.locator(".interval").nth(at).bounding_box() or {} for at in (0, 1)]
    assert boxes[0]["y"] == boxes[1]["y"]
    place = (
        "box => { const all = document.createRange(); all.selectNodeContents(box); return all.getBoundingClientRect() }"
    )
    head, figure = page.locator("thead .number").first.evaluate(place), page.locator("td.number").first.evaluate(place)
    assert abs(head["right"] - figure["right"]) < 1, "a head ends where its figures end"
    letters = page.locator(".letters").bounding_box() or {}
    assert letters["height"] < 20, "five letters stand on one line"
    page.close()


def test_six_groups_with_their_letters_fit_beside_the_form(chromium: Browser) -> None:
    """848 pixels are left of 1280: everyone together and six groups stand there without a bar to scroll."""
    heads = ("Totaal", "1–9 medewerkers", "10–49", "50–249", "250–999", "1.000–4.999", "5.000 of meer")
    head = "".join(f'<th class="number{" worded" if len(one) > 12 else ""} gutter-0">{one}</th>' for one in heads)
    plain = '<td class="number gutter-0">46%<span class="interval">43–49%</span></td>'
    full = '<td class="number">78%<span class="interval">66–86%</span><span class="letters">BCDEF</span></td>'
    row = f"<tr><th>Standaardafwijking</th>{plain}{full}{plain * 5}</tr>"
    table = f'<table class="banner-table gutter-5 crowded"><thead><tr><th></th>{head}</tr></thead>{row}</table>'
    page = chromium.new_page(viewport={"width": 848, "height": 600})
    page.set_content(f'{styles()}<main class="console"><div class="region">{table}</div></main>')
    page.locator("main").evaluate("box => { box.style.padding = 0; document.body.style.margin = 0 }")
    assert page.locator(".region").evaluate("box => box.scrollWidth <= box.clientWidth")
    figure, letters = (page.locator(one).bounding_box() or {} for one in ("td:has(.letters) .interval", ".letters"))
    assert letters["x"] >= figure["x"] + figure["width"] - 1, "letters stand beside the figure"
    assert letters["height"] < 40, "five letters take two lines"
    page.close()


@pytest.mark.parametrize(("width", "aside"), [(320, 0), (800, 0), (800, 600)])
def test_the_name_of_a_wide_banner_is_seen_whole_wherever_its_table_stands(
    chromium: Browser, width: int, aside: int
) -> None:
    name = "Hoeveel mensen er bij de opdrachtgever werken"
    heads = '<th class="number">vijf letters</th>' * 16
    head = f'<tr><td></td><th scope="colgroup" colspan="16" class="banner-name"><span>{name}</span></th></tr>'
    table = f'<table class="banner-table"><thead>{head}<tr><th>Antwoord</th>{heads}</tr></thead></table>'
    page = chromium.new_page(viewport={"width": width, "height": 600})
    page.set_content(
        f'{styles()}<main class="console"><div class="wide-table"><div class="region">{table}</div></div></main>'
    )
    page.locator(".region").evaluate("(box, aside) => box.scrollTo(aside, 0)", aside)
    region, seen = (page.locator(one).bounding_box() or {} for one in (".region", ".banner-name span"))
    first = page.locator("tr:last-child th:first-child").bounding_box() or {}
    assert seen["x"] >= first["x"] + first["width"] - 1
    assert seen["x"] + seen["width"] <= region["x"] + region["width"]
    page.close()


def test_the_longest_title_of_a_page_fits_its_list(chromium: Browser) -> None:
    instrument = load_instrument(REAL, 2026)
    titles = [page.title["nl"] for one in instrument.questionnaires.values() for page in one.pages if page.title]
    longest = max(titles, key=len)
    field = '<div class="field"><label>{0}</label><select name="{0}"><option>{1}</option></select></div>'
    names = ["role", "draw", "page", "tongues", "width", "state"]
    fields = "".join(field.format(name, f"12. {longest}" if name == "page" else "x") for name in names)
    page = chromium.new_page(viewport={"width": 1280, "height": 600})
    page.set_content(f'{styles()}<main class="console"><form class="row-form roomy">{fields}</form></main>')
    wanted = """list => {
        const pen = document.createElement("canvas").getContext("2d");
        pen.font = getComputedStyle(list).font;
        return pen.measureText(list.options[0].text).width + 40;
    }"""
    box = page.locator("[name=page]").bounding_box() or {}
    assert box["width"] >= page.locator("[name=page]").evaluate(wanted)
    page.close()
