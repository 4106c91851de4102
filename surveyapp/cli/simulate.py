"""``surveyapp simulate``: robots answer the real questionnaire through the engine."""

from __future__ import annotations

from time import perf_counter

import click

from surveyapp.cli.arguments import of_wave
from surveyapp.cli.preflight import opened, study_folder
from surveyapp.config import Settings
from surveyapp.engine.coverage import Coverage, coverage
from surveyapp.engine.profile import load_profile
from surveyapp.fieldwork.library import InstrumentLibrary
from surveyapp.instrument.loader import load_instrument
from surveyapp.numerals import counted


@click.command("simulate")
@of_wave
@click.option("--n", "number", default=200, show_default=True, type=click.IntRange(0, 1_000_000), help="Cases to make.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same answers.")
@click.option("--coverage", "only_coverage", is_flag=True, help="Store nothing; report what robots reach and never do.")
@click.pass_context
def simulate(context: click.Context, study: str, year: int, number: int, seed: int, only_coverage: bool) -> None:
    """Let robots take part in STUDY in YEAR while it is a draft or in test, page by page, in every role and language.

    Into an open wave they go in a development environment only.
    """
    settings = Settings()
    folder = study_folder(settings, study)
    if only_coverage:
        instrument = load_instrument(folder, year)
        reports = [
            coverage(made, language, seed)
            for made in instrument.questionnaires.values()
            for language in instrument.study.languages
        ]
        for report in reports:
            click.echo(_told(report))
        context.exit(0 if all(report.is_complete for report in reports) else 1)

    from surveyapp.fieldwork.simulate import simulate as fill

    database = opened(settings)
    started = perf_counter()
    done = fill(
        database,
        InstrumentLibrary(database),
        study,
        year,
        number,
        seed,
        profile=load_profile(folder, year),
        is_demonstration=settings.is_development,
    )
    database.close()
    outcomes = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in sorted(done.outcomes.items()))
    roles = ", ".join(f"{count} {role}" for role, count in sorted(done.roles.items()))
    click.echo(
        f"{study} {year}: {counted(done.cases, 'case', 'cases')} in {perf_counter() - started:.1f} s "
        f"({outcomes or 'none'})."
    )
    click.echo(f"By role: {roles or 'none'}.")


def _told(report: Coverage) -> str:
    counts = (
        f"{name} {reached}/{every}"
        for name, (reached, every) in (
            ("pages", report.pages),
            ("questions", report.questions),
            ("options", report.options),
            ("endings", report.endings),
            *((("draws of blocks", report.draws),) if report.draws[1] else ()),
            ("conditions both ways", (len(report.conditions) - len(report.one_sided), len(report.conditions))),
        )
    )
    lines = [
        f"{report.role} {report.language}: {', '.join(counts)}; {counted(report.paths, 'path', 'paths')} in "
        f"{counted(report.walks, 'walk', 'walks')}, minutes: {report.minutes}"
    ]
    for each in report.untouched:
        why = f"; stands behind: {' and '.join(each.conditions)}" if each.conditions else ""
        lines.append(f"  never reached: {each.kind} {each.name}{why}")
    for met in report.one_sided:
        seen = "never false" if met.was_true else "never true"
        lines.append(f"  {seen}: {met.source} ({met.place})")
    lines += [f"  nobody gets past page {page}" for page in report.stuck]
    return "\n".join(lines)


commands = (simulate,)
