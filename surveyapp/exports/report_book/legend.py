"""What the marks of a book mean, and which of them a sheet prints: read off its cells, so that each is explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from surveyapp.exports import styles
from surveyapp.exports.words import Words
from surveyapp.reports.formatting import IMPRECISE, INDICATIVE, SUPPRESSED
from surveyapp.reports.verdicts import precision_rule

LOW, PROVISIONAL, LETTERS, MARGIN = INDICATIVE, "*", "A, B, C", "±"
LOW_FORMAT = f'{styles.COUNT_FORMAT}"{LOW}"'


def marked(number_format: str) -> str:
    """A format with the mark of what is indicative behind the figure."""
    return ";".join(f'{part}"{LOW}"' for part in number_format.split(";"))


@dataclass(frozen=True, slots=True)
class Legend:
    """Every mark with its meaning, in the order in which they are explained."""

    meanings: Mapping[str, str]
    provisional: str  # the word that bears its mark
    shaded: str  # what a ground of its own is called

    @classmethod
    def of(cls, words: Words, *, threshold: int, low_base: int) -> Legend:
        """The legend of a book in these words, of a study that keeps these limits."""
        rule, shaded = precision_rule(low_base), words("shaded")
        return cls(
            {
                SUPPRESSED: words(
                    "not shown: a group of fewer than {threshold}, or a figure from which one follows",
                    threshold=threshold,
                ),
                IMPRECISE: words(
                    "too imprecise to be shown: an effective base under {least}, or no degrees of freedom",
                    least=int(rule.least_base),
                ),
                LOW: words(
                    "indicative, read with care: an effective base under {low_base}, fewer than {freedom} degrees of "
                    "freedom, or a share whose interval is {width} points or wider; groups under {low_base} are never "
                    "tested",
                    low_base=low_base,
                    freedom=rule.freedom,
                    width=int(100 * rule.width),
                ),
                PROVISIONAL: words("provisional: the fieldwork is not closed or the data are not final"),
                LETTERS: words("significantly higher than the group with that letter"),
                MARGIN: words("half of the 95% interval"),
                shaded: words(
                    "differs significantly, blue for higher and amber for lower; the darker, the further from all "
                    "others together, by effect size (Cohen’s h of shares, d of means): from 0.2 a bit, from 0.5 more, "
                    "from 0.8 much"
                ),
            },
            words("Provisional*"),
            shaded,
        )

    def of_sheet(self, sheet: Worksheet) -> list[str]:
        """A line for each mark that stands on the sheet so far."""
        return self.of_cells(sheet._cells.values())  # type: ignore[arg-type]  # only those made; none is merged

    def of_cells(self, cells: Iterable[Cell]) -> list[str]:
        """A line for each mark in these cells."""
        found = {mark for cell in cells for mark in self._marks(cell)}
        return [f"{mark} = {said}" for mark, said in self.meanings.items() if mark in found]

    def _marks(self, cell: Cell) -> Iterator[str]:
        content = cell.value
        if content is None:
            return
        if isinstance(content, str):
            if content in (SUPPRESSED, IMPRECISE):
                yield content
            elif content.startswith(self.provisional):
                yield PROVISIONAL
            elif cell.style == styles.LETTER:
                yield LETTERS
            elif cell.style == styles.MARGIN:  # a text in the place of a number: what a shade says
                yield self.shaded
        elif cell.has_style:
            yield from (mark for mark in (LOW, MARGIN) if mark in cell.number_format)
