"""The codebook to read and to print: one page of HTML, without script and without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from surveyapp.exports.codebook_lines import history_lines, question, routing_lines
from surveyapp.exports.finishing import whole_file
from surveyapp.exports.safe_cells import readable
from surveyapp.exports.words import Words
from surveyapp.reports.codebook import Codebook, CodebookEntry
from surveyapp.reports.formatting import count, moment

STYLE = """
:root { color-scheme: light dark; --line: #c9ced6; --soft: #5b6472; --ground: #fff; --text: #1b2330; --band: #f2f4f7; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3b4552; --soft: #a8b3c2; --ground: #14191f; --text: #e8edf3; --band: #1d252e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 54rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; hyphens: auto; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0; }
h2 code { font-size: .95rem; font-weight: 400; color: var(--soft); }
p { margin: .25rem 0; } .soft { color: var(--soft); } a { color: inherit; }
nav ol { columns: 18rem; padding-left: 2.5rem; margin: .75rem 0 2rem; }
nav li { break-inside: avoid; padding: .1rem 0; }
article { border-top: 1px solid var(--line); padding: 1.25rem 0; }
dl { margin: .75rem 0 0; } dt { font-weight: 600; margin-top: .5rem; } dd { margin: 0; }
dd p:first-child { margin-top: 0; }
ul { columns: 15rem; list-style: none; margin: 0; padding: 0; font-variant-numeric: tabular-nums; }
li.code { break-inside: avoid; display: grid; grid-template-columns: 2.5rem 1fr; gap: .5rem; }
li.missing { color: var(--soft); }
@media (min-width: 40rem) { dl { display: grid; grid-template-columns: 9rem 1fr; gap: .25rem 1rem; }
  dt { margin: 0; } }
@page { size: A4; margin: 18mm 16mm; }
@media print { :root { color-scheme: light; --line: #999; --soft: #444; --ground: #fff; --text: #000; --band: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; } nav { break-after: page; }
  article { padding: .75rem 0; } h2, dt { break-after: avoid; } dd p { break-inside: avoid; } }
"""


def write_printed_codebook(codebook: Codebook, stand: datetime, path: Path, language: str) -> None:
    """Write the page: a list of all variables, then each with question, base, routing, codes and history."""
    words = Words(language)
    root = Element("html", lang=language)
    head, body = SubElement(root, "head"), SubElement(root, "body")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    title = words("Codebook: {title}", title=words.pick(codebook.title))
    _put(head, "title", title)
    SubElement(head, "style").text = STYLE
    header = SubElement(body, "header")
    _put(header, "h1", title)
    if codebook.is_made_up:
        _put(header, "p", words.made_up(True))
    about = words(
        "{number} variables; data of {stand}; questionnaire {hash}",
        number=count(len(codebook.entries), language),
        stand=moment(stand, language),
        hash=codebook.instrument_hash[:12],
    )
    _put(header, "p", about, "soft")
    _contents(body, codebook, words)
    main = SubElement(body, "main")
    for entry in codebook.entries:
        _entry(main, codebook, entry, words)
    with whole_file(path) as draft:
        draft.write_bytes(b"<!doctype html>\n" + tostring(root, encoding="utf-8", method="html") + b"\n")


def _contents(body: Element, codebook: Codebook, words: Words) -> None:
    contents = SubElement(body, "nav", {"aria-label": words("All variables")})
    listed = SubElement(contents, "ol")
    for entry in codebook.entries:
        link = SubElement(SubElement(listed, "li"), "a", {"href": f"#{entry.name}"})
        link.text = readable(words.pick(entry.label))[0]


def _entry(main: Element, codebook: Codebook, entry: CodebookEntry, words: Words) -> None:
    article = SubElement(main, "article", {"id": entry.name})
    heading = SubElement(article, "h2")
    heading.text = readable(words.pick(entry.label))[0] + " "
    _put(heading, "code", entry.name)
    facts: list[tuple[str, Sequence[str]]] = [
        (words("Question"), (question(codebook, entry, words.language) or words("not asked as such")).split("\n")),
        (words("Put to"), [words.pick(entry.base)]),
        (words("Routing"), routing_lines(codebook, entry, words)),
        (words("Level"), [", ".join(filter(None, (_level(entry.level, words), words.pick(entry.unit))))]),
        (words("Construct"), [words.pick(part) for part in (entry.construct, entry.phase) if part is not None]),
        (words("Tables"), [", ".join(entry.tables)] if entry.tables else []),
        (words("Answers"), [count(entry.valid, words.language)] if entry.valid is not None else []),
        (words("Note"), [words.pick(note) for note in entry.notes]),
        (words("Earlier waves"), history_lines(entry, words)),
    ]
    listed = SubElement(article, "dl")
    for name, lines in facts:
        if lines:
            _put(listed, "dt", name)
            said = SubElement(listed, "dd")
            for line in lines:
                _put(said, "p", line)
    _put(listed, "dt", words("Codes"))
    _codes(SubElement(SubElement(listed, "dd"), "ul"), entry, words)


def _codes(listed: Element, entry: CodebookEntry, words: Words) -> None:
    """What each code means; those that are no answer come last and say so."""
    for value in entry.values:
        row = SubElement(listed, "li", {"class": "code missing" if value.is_missing else "code"})
        label = words.pick(value.label)
        _put(row, "span", str(value.code))
        _put(row, "span", words("{label} (no answer)", label=label) if value.is_missing else label)


def _level(level: str, words: Words) -> str:
    """The level of measurement as people call it."""
    return {
        "nominal": words("nominal"),
        "ordinal": words("ordinal"),
        "score": words("score: in order, and averaged by convention"),
        "ratio": words("number"),
        "text": words("text"),
    }[level]


def _put(parent: Element, name: str, text: str, style: str = "") -> Element:
    made = SubElement(parent, name, {"class": style} if style else {})
    made.text = readable(text)[0]
    return made
