"""``surveyapp translate``: the translators' workbook out and in, what was approved, and what may stay."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from surveyapp import clock
from surveyapp.cli.arguments import INCOMING, of_wave, refusals_of
from surveyapp.cli.preflight import study_folder
from surveyapp.config import Settings
from surveyapp.errors import WrongState
from surveyapp.instrument.files import StudyFiles
from surveyapp.instrument.translation.approve import approve_keys, readable_study, require_language, waive
from surveyapp.instrument.translation.coming_in import coming_in, write_together
from surveyapp.instrument.translation.texts import STATUSES, Translation, translations
from surveyapp.numerals import counted

TOLD = 20
"""Lines of one kind that are printed; the rest is counted."""

_to = click.option("--to", "language", default="en", show_default=True, help="Language of the translation.")


def _files(study: str, year: int) -> StudyFiles:
    return readable_study(study_folder(Settings(), study), year)


@click.group("translate")
def translate() -> None:
    """Hand texts to translators and take them back; approve, and say why a stale one may stay."""


@translate.command("out")
@of_wave
@_to
@click.option(
    "--out", "path", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Workbook to write."
)
@click.option("--lang", "headings", type=click.Choice(["nl", "en"]), default="en", show_default=True, help="Headings.")
@click.option("--open-only", is_flag=True, help="Leave out what is done.")
def out(study: str, year: int, language: str, path: Path, headings: str, open_only: bool) -> None:
    """Write the translators' workbook of STUDY YEAR."""
    from surveyapp.exports.translators_book import write_translators_book

    files = _files(study, year)
    source = require_language(files, language)
    standing = translations(files, year, language)
    rows = [found for found in standing if found.is_open] if open_only else standing
    if not rows:
        click.echo("Every translation is done; there is nothing to hand out.")
        return
    write_translators_book(rows, study, year, source, path, headings, clock.now())
    counts = Counter(found.status for found in rows)
    click.echo(f"{path}: " + ", ".join(f"{counts[status]} {status}" for status in STATUSES))


@translate.command("in")
@click.argument("path", type=INCOMING)
@click.option("--dry-run", is_flag=True, help="Say what would change and write nothing.")
def in_(path: Path, dry_run: bool) -> None:
    """Take the workbook FILE back: every text or none."""
    from surveyapp.exports.translators_book import read_translators_book

    with refusals_of(path):
        book = read_translators_book(path)
        taken = coming_in(study_folder(Settings(), book.study), book.year, book.source, book.language, book.rows)
    for key, old, new in taken.changed:
        click.echo(f"{key}: {old or '(nothing)'} → {new}")
    if not dry_run:
        taken.write()
    done = "would be written" if dry_run else "written"
    click.echo(
        f"{counted(len(taken.changed), 'translation', 'translations')} {done}; "
        f"confirmed as they stood: {taken.confirmed}."
    )


@translate.command("approve")
@of_wave
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@_to
@click.option("--all", "count", type=int, metavar="N", help="Approve all of them; N is how many that is.")
@click.pass_context
def approve(
    context: click.Context, study: str, year: int, keys: tuple[str, ...], language: str, count: int | None
) -> None:
    """Approve the translations KEY … of STUDY YEAR as they stand now, or all of them with --all and their number.

    Without either it lists what waits for approval, source beside translation, and approves nothing. Texts that are
    gone leave the lock each time something is approved.
    """
    files = _files(study, year)
    require_language(files, language)
    standing = translations(files, year, language)
    lacking = [found for found in standing if not found.words.strip()]
    waiting = [found for found in standing if found.status != "done" and found.words.strip()]
    if (count is not None) == bool(keys):
        _tell_waiting(waiting, f"{study} {year}")
        context.exit(2 if waiting or keys else 0)
    if count is not None and count != len(waiting):
        raise WrongState(
            f"Translations that wait for approval: {len(waiting)}, not {count}; look again at what changed."
        )
    contents = approve_keys(files, year, language, keys or [found.text.key for found in waiting])
    write_together(contents)
    named = waiting if count is not None else [found for found in waiting if found.text.key in keys]
    before = Counter(found.status for found in named)
    click.echo(f"Translations approved: {before['new']} new, {before['stale']} stale.")
    for found in lacking[:TOLD]:
        click.echo(f"{found.text.place}: {found.text.key} has no translation yet.")
    if len(lacking) > TOLD:
        click.echo(f"… and {len(lacking) - TOLD} more without a translation.")


def _tell_waiting(waiting: list[Translation], wave: str) -> None:
    for found in waiting[:TOLD]:
        click.echo(f"{found.status} {found.text.key}: {found.source} → {found.words}")
    if len(waiting) > TOLD:
        click.echo(f"… and {len(waiting) - TOLD} more: surveyapp translate status {wave}")
    click.echo(
        f"Name the texts that you have read: surveyapp translate approve {wave} KEY …; all with --all {len(waiting)} ."
        if waiting
        else "Every translation is approved."
    )


@translate.command("waive")
@of_wave
@click.argument("key")
@_to
@click.option("--reason", required=True, help="Why the translation still holds.")
def waive_(study: str, year: int, key: str, language: str, reason: str) -> None:
    """Let the stale translation KEY stay until its source changes again."""
    write_together(waive(_files(study, year), year, language, key, reason))
    click.echo(f"{key} may stay: {reason}")


@translate.command("status")
@of_wave
@_to
def status(study: str, year: int, language: str) -> None:
    """How the translations of STUDY YEAR stand, and which are not done."""
    files = _files(study, year)
    require_language(files, language)
    standing = translations(files, year, language)
    for found in standing:
        if found.status != "done":
            waived = f" (may stay: {found.waiver})" if found.waiver else ""
            click.echo(f"{found.text.place} {found.status} {found.text.key}{waived}")
    counts = Counter(found.status for found in standing)
    click.echo(", ".join(f"{counts[each]} {each}" for each in STATUSES))


commands = (translate,)
