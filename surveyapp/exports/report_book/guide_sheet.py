"""The reader's guide: what every symbol, base and margin in the book means, and what the book does not hold."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.exports import styles
from surveyapp.exports.report_book import sheets
from surveyapp.exports.report_book.content import ReportContent
from surveyapp.exports.report_book.sheets import Book, fit_height
from surveyapp.fieldwork import editions
from surveyapp.fieldwork.coding import COUNT
from surveyapp.fieldwork.editions import Edition
from surveyapp.fieldwork.quality import DECIDED
from surveyapp.fieldwork.versions import CORRECT, REVISE
from surveyapp.fieldwork.weightings import WEIGH
from surveyapp.reports.formatting import SUPPRESSED, day, moment

LABEL_WIDTH, TEXT_WIDTH = 26.0, 92.0
Lines = Iterator[tuple[str, str]]


def add_guide(book: Book, content: ReportContent) -> None:
    """Write the guide, block by block."""
    words = book.words
    made = book.sheet(words(sheets.GUIDE), (LABEL_WIDTH, TEXT_WIDTH), portrait=True)
    book.put(made, 1, 1, words("How to read this book"), styles.TITLE)
    book.back(made, 2)
    row = 4
    for heading, lines in (
        (words("Symbols"), _symbols(book)),
        (words("Bases"), _bases(book, content)),
        (words("Answers that are not counted"), _missing(book, content)),
        (words("Figures and tests"), _figures(book, content)),
        (words("Protection of respondents"), _protection(book, content)),
        (words("Roles"), _roles(book, content)),
        (words("This edition"), _edition(book, content)),
    ):
        book.put(made, row, 1, heading, styles.HEADER).alignment = styles.text_header()
        book.put(made, row, 2, None, styles.HEADER)
        row += 1
        for label, text in lines:
            book.put(made, row, 1, label, styles.LABEL)
            book.put(made, row, 2, text, styles.QUESTION)
            fit_height(made, row, label, LABEL_WIDTH)
            fit_height(made, row, text, TEXT_WIDTH)
            row += 1
        row += 1


def _symbols(book: Book) -> Lines:
    words = book.words
    yield from book.legend.meanings.items()
    yield (
        words("(empty)"),
        words("cannot occur: nobody of this group was asked, or the figure has no meaning here"),
    )
    yield "0", words("nobody, or less than half of the unit shown")
    yield words("(counts)"), words("numbers of respondents, not shares")


def _bases(book: Book, content: ReportContent) -> Lines:
    words = book.words
    yield words("Asked"), words("everyone to whom the question was put; each sheet says so in words")
    if content.rotations:
        yield (
            words("A random part"),
            words(
                "some pages were put to people chosen at random, evenly per role; their sheets say to which part, and "
                "only who got them counts as asked"
            ),
        )
    yield words("Answered"), words("those who gave any answer, “not applicable” and “don’t know” included")
    yield words("Valid"), words("those whose answer has content; shares and means rest on these, and n counts them")
    yield words("Several answers"), words("shares of respondents; together they may exceed 100%")
    yield (
        words("Total"),
        words("everyone in the base of the sheet; roles differ in size, so compare roles rather than read the total"),
    )


def _missing(book: Book, content: ReportContent) -> Lines:
    for code, label in content.missing:
        yield str(code), book.words.pick(label)


def _figures(book: Book, content: ReportContent) -> Lines:
    words = book.words
    yield words("Shares"), words("shown without decimals; the cell holds the full value")
    yield words("Means and marks"), words("shown with one decimal; a mark runs from 1 to 10")
    yield (
        words("Top 2, bottom 2"),
        words("the two most positive and the two most negative answers of a five-point scale"),
    )
    yield words("Recommendation score"), words("share giving 9 or 10 minus share giving 0 to 6, from −100 to 100")
    if content.constructs:
        yield (
            words("Constructs"),
            words(
                "mean over people of the share of its statements on which they gave one of the two highest answers; "
                "who gave fewer than two thirds of the answers, or was asked fewer than two, is not counted"
            ),
        )
    for construct in content.constructs:
        yield f"– {words.pick(construct.label)}", "; ".join(words.pick(item).rstrip(".") for item in construct.items)
    yield words("Margin (±)"), words("half of the 95% interval: Wilson for shares, t for means")
    yield (
        words("Rounding"),
        words("half away from zero, on the unrounded value; shares are not forced to add up to 100"),
    )
    methods = dict.fromkeys(words.pick(item.method) for sheet in content.sheets for item in sheet.items)
    for number, method in enumerate(methods, 1):
        yield words("Method line {number}", number=number), method


def _protection(book: Book, content: ReportContent) -> Lines:
    words = book.words
    yield words("Smallest group"), words("{threshold} valid answers", threshold=content.threshold)
    yield (
        words("Derived figures"),
        words("where a hidden group would follow from the total and the others, a second group is hidden too"),
    )
    yield words("Charts"), words("hold only groups that are shown; the ranges behind them hold nothing else")


def _roles(book: Book, content: ReportContent) -> Lines:
    for role in content.roles:
        yield book.words.pick(role.label), book.words.pick(role.description)


ACTS = {
    editions.CLOSED: "the fieldwork closed",
    editions.REOPENED: "the fieldwork of the wave it is compared with was opened again",
    editions.IMPORTED: "the wave came in as a file",
    editions.IMPORTED_ANEW: "its file was imported anew",
    editions.REMOVED: "answers were removed at a person’s request",
    editions.COMPARED: "what it is compared with was chosen",
    editions.TEXTS_GONE: "open answers were removed when their time was over",
    editions.ANSWERS_GONE: "all answers were removed when their time was over",
    editions.RESTORED: "the database was restored from a copy",
    CORRECT: "words of the questionnaire were corrected",
    REVISE: "the questionnaire was revised",
    DECIDED: "it was decided which questionnaires count",
    WEIGH: "the targets of the weighting were changed",
    COUNT: "codes of open answers were put into the figures",
}
"""What made an edition, in the books' English message ids."""


def _why(book: Book, edition: Edition) -> str:
    words = book.words
    reason = f" ({edition.reason})" if edition.reason else ""
    return words(
        "edition {number} of {day}, because {act}{reason}",
        number=edition.number,
        day=day(edition.at, words.language),
        act=words(ACTS[edition.act]) if edition.act in ACTS else edition.act,
        reason=reason,
    )


def _edition(book: Book, content: ReportContent) -> Lines:
    words = book.words
    if content.is_made_up:
        name, _, said = words.made_up(True).partition(": ")
        yield name, said
    if content.weighting is None:
        yield words("Weighting"), words("none: every respondent counts once, so n weighted and n effective equal n")
    else:
        label, name = content.weighting
        yield (
            words("Weighting"),
            words(
                "{label}: {name}; each sheet gives n, n weighted and n effective", label=words.pick(label), name=name
            ),
        )
    if content.is_weighting_asked:
        yield words("Weighting"), words("chosen for this book, instead of what the study says of its report")
    yield (
        words("Respondents"),
        words("{n} complete answers", n=SUPPRESSED if content.complete is None else content.complete),
    )
    if content.steps is not None:
        yield words("Steps"), words.pick(content.steps)
    if content.edition is not None:
        yield words("Edition of the figures"), _why(book, content.edition)
        other = content.edition.compared_with
        if other is None:
            said = words("no other wave")
        elif content.beside != other:
            said = words("none now: {year} takes answers again, and its figures come back when it closes", year=other)
        else:
            said = str(other)
        yield words("Compared with"), said
    yield words("Data of"), moment(content.stand, words.language)
    yield words("Definition"), content.instrument_hash
    for part in content.not_computed:
        yield words("Not in this edition"), words(part)
    for note in content.notes:
        yield words("Note"), words.pick(note)
    yield (
        words("Cite as"),
        words(
            "{title} ({year}), version {version}. Source: {contact}",
            title=words.pick(content.title),
            year=content.year,
            version=content.version,
            contact=content.contact,
        ),
    )
    changed = []
    if book.safe.replaced:
        changed.append(words("unreadable characters replaced in {count} texts", count=book.safe.replaced))
    if book.safe.shortened:
        changed.append(words("{count} texts shortened to what a cell can hold", count=book.safe.shortened))
    if changed:
        yield words("Texts changed"), "; ".join(changed)
