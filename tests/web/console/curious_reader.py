"""Somebody with every right of a viewer or an editor, who asks everything and notes who every figure speaks of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from io import BytesIO
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from flask import Flask
from openpyxl import load_workbook

from surveyapp.analysis.columns import NOT_ASKED, SKIPPED, Bools
from surveyapp.exports.report_book.long import COLUMNS
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.reports.banners import banners, groups_of
from surveyapp.reports.filters import read_filter
from surveyapp.reports.released_filters import named_filter
from tests.web.console.curious_wave import BASE, COURSE, YEAR
from tests.web.console.people import Person, work

K = 10
Population = int
"""A set of people, as bits."""
NAMES = {
    "participants": "participant", "trainers": "trainer", "dutch": "nl", "english": "en", "open link": "open",
    "phone": "phone", "computer": "desktop", "tablet": "tablet", "unknown": "unknown",
}  # fmt: skip
HIDDEN = ("n", "n_weighted", "n_effective", "asked", "answered")


@dataclass
class Reader:
    """``seen`` holds per variable and base who was spoken of, ``series`` per figure who that was look by look."""

    app: Flask
    role: str
    seen: dict[tuple[str, str], dict[Population, str]] = field(default_factory=dict)
    series: dict[tuple[str, str, str], list[Population]] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    person: Person = field(init=False)

    def __post_init__(self) -> None:
        self.person = Person(self.app.test_client())
        assert self.person.sign_in(f"{self.role}@example.org").status_code == 302
        self.look()

    def look(self) -> None:
        """Take the people as they count at this moment."""
        self.data = self.app.extensions["surveyapp"].live.published(COURSE, YEAR)
        self.people = self.data.cases()
        self.bits = [1 << self.places.setdefault(str(case), len(self.places)) for case in self.people.ids]

    def note(self, variable: str, base: str, members: Bools, count: int | None, where: str) -> None:
        """What a figure says: so many people, who are these."""
        if count is None:
            return
        assert count == int(members.sum()), f"{where} prints {count} for {int(members.sum())} people"
        people = 0
        for place in np.flatnonzero(members):
            people |= self.bits[place]
        if people:
            self.seen.setdefault((variable, base), {}).setdefault(people, where)
            self.series.setdefault((variable, base, where), []).append(people)

    def bases(self, variable: str) -> dict[str, Bools]:
        status = self.people.columns[variable].missing
        return {
            "asked": status != NOT_ASKED,
            "answered": (status != NOT_ASKED) & (status != SKIPPED),
            "n": status >= 0,
        }

    # ------------------------------------------------------------------------------------------------ results
    def ask(self, variable: str, by: tuple[str, ...] = (), condition: str = "", *, with_page: bool = True) -> int:
        """Ask for one table as JSON and as a page; the status of the answer."""
        query = {"by": list(by), "filter": condition}
        answer = self.person.client.get(f"{BASE}/results/{variable}.json", query_string=query)
        page = self.person.client.get(f"{BASE}/results/{variable}", query_string=query).text if with_page else ""
        if answer.status_code != 200:
            assert "columns" not in (answer.json or {})
            assert 'id="region-table"' not in page
            assert not with_page or "<figure" not in page
            return answer.status_code
        found = json.loads(answer.text)
        here = self._members(condition)
        parts = banners(by, self.data.instrument, self.people)
        members = [here, *(here & part.split.members(at) for part in parts for at in range(part.split.size))]
        groups = dict(zip((head.key for head in groups_of(parts)), members, strict=True))
        # Only a group that the filter leaves nobody of has no column.
        gone = set(groups) - {column["key"] for column in found["columns"]}
        assert not any(groups[key].any() for key in gone), gone
        for base, valid in self.bases(variable).items():
            for column in found["columns"]:
                where = f"{variable} by {column['banner']} of {condition!r}: {column['key']}"
                self.note(variable, base, groups[column["key"]] & valid, column[base], where)
        self._nothing_beside(found)
        if with_page:
            self._page_says_the_same(page, found)
        return 200

    def _members(self, condition: str) -> Bools:
        if not condition:
            return np.ones(self.people.n, dtype=np.bool_)
        named = named_filter(condition, self.data.instrument)
        if named is not None:
            return is_true(named.condition, self.people)
        found = read_filter(condition, self.data.instrument)
        assert found is not None
        return found.mask(self.people)

    def _nothing_beside(self, found: dict[str, Any]) -> None:
        """A column that is hidden has no figure at all, and with everyone's the base has none."""
        for at, column in enumerate(found["columns"]):
            if column["suppressed"]:
                assert [column[name] for name in HIDDEN] == [None] * len(HIDDEN), column
                cells = [row["cells"][at] for row in found["rows"]]
                told = [value for cell in cells for name, value in cell.items() if name != "suppressed" and value]
                assert told == [], (column["key"], told)
        if found["columns"][0]["suppressed"]:
            assert {found["base"][name] for name in ("asked", "answered", "valid")} == {None}

    def _page_says_the_same(self, page: str, found: dict[str, Any]) -> None:
        stated = {column[name] for column in found["columns"] for name in ("asked", "answered", "n")}
        line = page.split("Valid answers (n)")[-1].split("</tr>")[0]
        printed = re.findall(r'<td class="number(?: beyond)?">([0-9,]+)<', line)
        printed += re.findall(r"(?:asked|answered|valid|\bn\s*=)\s*([0-9][0-9,]*)", page)
        assert {int(one.replace(",", "")) for one in printed} <= stated, "the page prints what the JSON hides"
        drawn = "".join(re.findall(r"<figure.*?</figure>", page, re.DOTALL))
        lines = {row["label"]["en"] for row in found["rows"]}  # a series by this name is an answer, no group
        for column in found["columns"][1:]:
            if column["suppressed"] and column["label"]["en"] not in lines:
                told = re.search(rf"{re.escape(column['label']['en'])}[:,] *(?:highest|[−\d])", drawn)
                assert told is None, f"the chart speaks of {column['key']}: {told}"

    # ------------------------------------------------------------------------------------------------- models
    def model(self, kind: str, by: tuple[str, ...] = (), condition: str = "") -> int:
        """Ask for an analysis as JSON, as text and as a page; the status of the answer.

        A mean of a question is one of all who answered it, so that it speaks of those of whom a table does; the other
        figures of an item rest on who answered all of them. A step between phases would with the means of both tell of
        who answered on one alone.
        """
        query = {"by": list(by), "filter": condition}
        address = f"{BASE}/analyses/{kind}"
        answer = self.person.client.get(f"{address}.json", query_string=query)
        text, page = (self.person.client.get(one, query_string=query).text for one in (f"{address}.tsv", address))
        if answer.status_code != 200:
            assert "region-table" not in page
            assert "<figure" not in page
            return answer.status_code
        found = json.loads(answer.text)
        items = found.get("items", [found])
        here, is_listwise = self._members(condition), kind in ("drivers", "scale")
        asked = [item["variable"] for item in items if item["variable"] in self.people.columns]
        complete = np.stack([self.bases(name)["n"] for name in asked]).all(axis=0)
        parts = banners(("role",) if kind == "gaps" else by, self.data.instrument, self.people)
        members = [here, *(here & part.split.members(at) for part in parts for at in range(part.split.size))]
        groups = dict(zip((head.key for head in groups_of(parts)), members, strict=True))
        groups |= {f"wave:{YEAR}": here} if kind == "trend" else {}
        for item in items:
            name = item["variable"]
            for at, column in enumerate(item["columns"]):
                cells = {row["kind"]: row["cells"][at] for row in item["rows"]}
                if column["suppressed"]:
                    assert [column[one] for one in HIDDEN] == [None] * len(HIDDEN), column
                    assert all(cell[one] is None for cell in cells.values() for one in ("value", "se", "low", "high"))
                elif column["key"] in groups and column["n"] is not None and name in asked:
                    where = f"{kind} {name} by {column['banner']} of {condition!r}: {column['key']}"
                    valid = groups[column["key"]] & self.bases(name)["n"]
                    about, whom = (f"{kind} complete", complete & valid) if is_listwise else (name, valid)
                    self.note(about, "n", whom, column["n"], where)
                    if (told := cells["mean"]["value"]) is not None:
                        mean = float(self.people.columns[name].numbers[valid].mean())
                        assert told == pytest.approx(mean), f"{where} is of others"
                        self.note(name, "n", valid, int(valid.sum()), where)
        stated = {column["n"] for item in items for column in item["columns"]}
        lines = [line.split("\t") for line in text.splitlines() if line.startswith("n (valid answers)")]
        foot = page.partition("<tfoot>")[2].partition("</tfoot>")[0]
        told_of = [count for _, *counts in lines for count in counts] + re.findall(
            r'<td class="number[^"]*">([0-9,]+)', foot
        )
        assert {int(one.replace(",", "")) for one in told_of if re.fullmatch(r"[0-9,]+", one)} <= stated
        return 200

    # ---------------------------------------------------------------------------------- fieldwork and studies
    def fieldwork(self) -> None:
        """The fieldwork page, what its script asks for, and the list of studies."""
        answers = [self.person.get(address) for address in (f"{BASE}/fieldwork", "/console/")]
        assert [answer.status_code for answer in answers] == [200, 200]
        page, studies = (answer.text for answer in answers)
        part = self.person.get(f"{BASE}/fieldwork?_part=figures&version=1", headers={"HX-Request": "true"}).text
        figure = r'class="figure">\s*([^<]*?)\s*<'
        assert re.findall(figure, part) == re.findall(figure, page)
        everyone = np.ones(self.people.n, dtype=np.bool_)
        first = re.search(rf'id="card-complete">.*?{figure}', page, re.DOTALL)
        assert first is not None
        self.note("finished", "n", everyone, _number(first[1]), "everyone")
        for name in ("Begun and not sent", "Not eligible"):
            other = re.search(rf"<h3>{name}</h3>\s*<p {figure}", page)
            if other is not None and _number(other[1]) is not None:
                self.counts.setdefault(name, []).append(_number(other[1]) or 0)
        for key in ("participant", "trainer"):
            card = re.search(rf'id="role-{key}">.*?{figure}', page, re.DOTALL)
            assert card is not None
            self.note("finished", "n", self._group("role", key), _number(card[1]), f"role card {key}")
        for kind in ("role", "language", "source", "device"):
            table = page.partition(f'id="region-{kind}"')[2].partition("</table>")[0]
            row = r'<th scope="row">(.*?)</th><td class="number">(.*?)</td><td class="number">(.*?)</td>'
            for found in re.findall(row, table):
                label, count, minutes = (_seen(cell) for cell in found)
                here = self._group(kind, NAMES[label.lower()])
                self.note("finished", "n", here, _number(count), f"{kind} {label}")
                timed = here & (self.people.seconds > 0)
                self.note("finished", "timed", timed, _timed(minutes, timed), f"minutes of {kind} {label}")
        for count in re.findall(rf'class="wave-count"><span {figure}', studies)[:1]:  # the newest wave comes first
            self.note("finished", "n", everyone, _number(count), "list of studies")

    def _group(self, kind: str, key: str) -> Bools:
        return self.people.has(kind, key)

    # --------------------------------------------------------------------------------------------------- books
    def books(self) -> None:
        """The report book with its long list and who took part, and the codebook; an editor's right."""
        self._long_list()
        listed = load_workbook(BytesIO(self._file("codebook"))).worksheets
        names = [[cell.value for cell in next(sheet.iter_rows(max_row=1))] for sheet in listed]
        at = next(place for place, found in enumerate(names) if "n_valid" in found)
        for row in listed[at].iter_rows(min_row=2, values_only=True):
            line = dict(zip(names[at], row, strict=True))
            if line["name"] in self.people.columns:
                self.note(line["name"], "n", self.bases(line["name"])["n"], line["n_valid"], f"codebook {line['name']}")

    def _long_list(self) -> None:
        book = load_workbook(BytesIO(self._file("report")))
        filters = {table.id: table.filter for table in self.data.instrument.tables}
        lines = [
            dict(zip(COLUMNS, row, strict=True)) for row in book["Long"].iter_rows(min_row=2, values_only=True) if row
        ]
        for line in lines:
            if line["suppressed"]:
                assert {line[name] for name in ("value", "n_unweighted", "n_effective", "se", "margin95")} == {None}
            elif line["row_kind"] == "n_unw" and line["variable"] in self.people.columns:
                here = self.bases(line["variable"])["n"]
                condition = filters.get(line["table_id"])
                if condition is not None:
                    here = here & is_true(condition.condition, self.people)
                if line["banner_var"]:
                    part = banners([line["banner_var"]], self.data.instrument, self.people)[0]
                    keys = [{str(category.key), str(category.code)} for category in part.categories]
                    at = next(at for at, names in enumerate(keys) if str(line["banner_code"]) in names)
                    here = here & part.split.members(at)
                self.note(line["variable"], "n", here, line["value"], f"book: {line['table_id']} {line['banner_code']}")
        for sheet in book.worksheets:
            if sheet.title == "Response":
                self._response(sheet)

    def _response(self, sheet: Any) -> None:
        """Who took part: per role the complete ones, and of those the shares on a phone and in English."""
        labels = {"participant": "participant", "trainer": "trainer", "participants": "participant"}
        for row in sheet.iter_rows(min_row=5, values_only=True):
            key = labels.get(str(row[0]).lower())
            if key is None or row[1] != "all sources":
                continue
            here = self._group("role", key)
            self.note("finished", "n", here, _whole(row[4]), f"response {key}")
            for at, kind, name in ((9, "device", "phone"), (10, "language", "en")):
                if isinstance(row[at], int | float):
                    among = here & self._group(kind, name)
                    self.note("finished", "n", among, round(row[at] * int(here.sum())), f"response {key} {name}")
                    self.note("finished", "n", here & ~among, int((here & ~among).sum()), f"response {key} not {name}")
            for name, value in (("started", row[3]), ("partial", row[5]), ("screened out", row[6])):
                if isinstance(value, int):
                    self.counts.setdefault(f"response {key} {name}", []).append(value)

    def _file(self, kind: str) -> bytes:
        before = set(re.findall(r"exports/([0-9a-f]{32})/file", self.person.get(f"{BASE}/exports").text))
        self.person.post(f"{BASE}/exports/{kind}", language="en")
        work(self.app)
        (made,) = set(re.findall(r"exports/([0-9a-f]{32})/file", self.person.get(f"{BASE}/exports").text)) - before
        with self.person.client.get(f"{BASE}/exports/{made}/file") as answer:
            return answer.data

    # ------------------------------------------------------------------------------------------------- subtract
    def few(self) -> tuple[int, str]:
        """The fewest people of whom a figure, a chain of at most three subtractions, or the move of one between two
        looks speaks."""
        best = (10**9, "nothing")
        for about, sets in self.seen.items():
            known = dict(sets)
            for one, where in sets.items():
                for other, there in sets.items():
                    if one != other and one & other == other:
                        known.setdefault(one & ~other, f"({where}) less ({there})")
            listed = sorted(known.items(), key=lambda item: item[0].bit_count())
            sizes = [people.bit_count() for people, _ in listed]
            if sizes and sizes[0] < best[0]:
                best = (sizes[0], f"{about}: {listed[0][1]}")
            for place, (one, where) in enumerate(listed):
                for after in range(place + 1, len(listed)):
                    if sizes[after] - sizes[place] >= min(K, best[0]):
                        break
                    other, there = listed[after]
                    if one & other == one and one != other:
                        best = (sizes[after] - sizes[place], f"{about}: [{there}] less [{where}]")
        for figure, looks in self.series.items():
            for one, other in combinations(looks, 2):
                if one != other and (one ^ other).bit_count() < best[0]:
                    best = ((one ^ other).bit_count(), f"{figure} between two looks")
        for name, numbers in self.counts.items():
            moves = [abs(one - other) for one, other in combinations(numbers, 2) if one != other]
            for count in (*moves, *(number for number in numbers if number)):
                if count < best[0]:
                    best = (count, f"{name}: {numbers}")
        return best


def _seen(cell: str) -> str:
    """A cell as somebody sees it: without pictures, hyphens that are not shown, and what only a screen reader says."""
    return re.sub(r'<span class="visually-hidden">.*?</span>|<[^>]+>|[\u2060\u00ad]|&#8288;', "", cell).strip()


def _number(text: str) -> int | None:
    """A count as printed; None where a dot stands."""
    return None if text.strip() in (".", "–", "") else int(text.strip().replace(",", ""))


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _timed(minutes: str, members: Bools) -> int | None:
    return None if minutes.strip() in (".", "–") else int(members.sum())
