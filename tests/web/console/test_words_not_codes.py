"""The team's pages speak in labels: a code stands only where it is set as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask

from surveyapp.instrument.loader import load_instrument
from tests.house.declared_codes import declared_codes
from tests.web.console.people import BASE, INSTRUMENTS, STUDY, Person
from tests.web.console.test_made_up import pages

MORE = (
    "fieldwork?source=open", "fieldwork?device=phone", "fieldwork/cases?state=left", "fieldwork/cases?source=open",
    "results/gr_assign?by=role&by=language", "results/gr_assign?by=source&by=device", "results/source",
    "results/device", "results/gr_assign?filter=source+==+'open'", "results/gr_assign?pick=source",
    "results/gr_assign?pick=language", "results/a_kind?by=a_via", "filters?variable=gr_assign&pick=source",
    "instrument/compare?against=2025", "instrument/robots?role=intermediary&language=nl",
    "instrument/preview?role=manager&page=marks",
)  # fmt: skip


class Texts(HTMLParser):
    """The texts of a page, each with the elements around it; what is set as a code is left out."""

    SET_AS_CODES = frozenset({"name", "code", "pill"})  # classes; a pill is a state, which is a word of its own
    UNREAD = frozenset(
        {"code", "script", "style", "text"}
    )  # a label in a drawing is broken over lines; its table has it
    VOID = frozenset({"input", "br", "hr", "img", "meta", "link", "col", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.around: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        if tag not in self.VOID:
            self.around.append((tag, tag in self.UNREAD or bool(classes & self.SET_AS_CODES)))
        self.found += [said for name in ("aria-label", "title", "data-name") if (said := given.get(name))]

    def handle_endtag(self, tag: str) -> None:
        while self.around and self.around.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(is_code for _, is_code in self.around):
            self.found.append(" ".join(data.replace("\N{WORD JOINER}", "").split()))


def bare_codes(html: str, codes: frozenset[str]) -> Iterator[str]:
    """What is a code by itself, or opens a line as the name of whom it speaks."""
    texts = Texts()
    texts.feed(html)
    for text in texts.found:
        if text in codes or (re.match(r"[a-z_-]+: ", text) and text.partition(":")[0] in codes):
            yield text


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_no_page_prints_a_code_where_a_label_is_expected(
    role: str, app: Flask, signed_in: Callable[[str], Person]
) -> None:
    person = signed_in(role)
    person.post("/console/language", language="nl", next="/console/")
    codes = declared_codes(load_instrument(INSTRUMENTS / STUDY, 2026), "nl")
    found = pages(app, person)
    found.update({address: person.get(f"{BASE}/{address}").text for address in MORE})
    faults = {address: said for address, html in found.items() if (said := list(bare_codes(html, codes)))}
    assert len(found) > 50
    assert faults == {}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("instrument/preview?role=x", "kies uit contractor (zelfstandig professional), manager"),
        ("instrument/preview?page=x", "marks ("),
        ("instrument/preview?width=x", "phone (telefoon, 390 breed)"),
        ("fieldwork/cases?sort=x", "minutes (Minuten)"),
        ("fieldwork/cases?state=x", "left (afgehaakt)"),
        ("results/gr_assign?by=role&by=role", "meer dan eens: Rol (role)."),
        ("results/gr_assign?by=op_improve", "Naar Wat de opdrachtgever als eerste moet verbeteren (op_improve) is"),
        ("results/gr_assign?pick=op_improve", "moet verbeteren (op_improve) is niet op categorieën te filteren"),
        ("results/gr_assign?pick=b_size&codes=99", "geen waarden van Omvang van de opdrachtgever"),
        ("instrument/preview/manager/nl/x", "voor de rol inhurend manager (manager) heeft geen pagina x"),
    ],
)
def test_a_refusal_names_things_as_the_pages_do(address: str, said: str, signed_in: Callable[[str], Person]) -> None:
    person = signed_in("researcher")
    person.post("/console/language", language="nl", next="/console/")
    answer = person.get(f"{BASE}/{address}")
    assert answer.status_code in (400, 404, 422)
    assert said in answer.text
