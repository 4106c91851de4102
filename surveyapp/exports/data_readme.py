"""What stands beside a file of single cases: what is in it, what its format cannot hold, who may have it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from surveyapp.exports.case_stream import CaseStream
from surveyapp.exports.packages import Part, WrittenPart
from surveyapp.exports.words import Words
from surveyapp.fieldwork.editions import Edition
from surveyapp.reports.publication import FORM
from surveyapp.reports.quality_effect import failed_rules


class Losses:
    """What a format could not hold of the cases, in sentences; those of single names gathered under one."""

    def __init__(self) -> None:
        self._said: dict[str, list[str]] = {}

    def always(self, sentence: str) -> None:
        """The format never holds it."""
        self._said.setdefault(sentence, [])

    def of(self, sentence: str, name: str) -> None:
        """It was so with one name; the same sentence of another one is the same line."""
        names = self._said.setdefault(sentence, [])
        if name not in names:
            names.append(name)

    @property
    def lines(self) -> list[str]:
        """The sentences, those that hold always first as they were said first."""
        return [f"{said}: {', '.join(names)}" if names else said for said, names in self._said.items()]


def evidence_part(stream: CaseStream, kind: str, edition: Edition | None) -> Part:
    """The record for output checkers: a file of single cases, which no threshold can clear."""
    instrument, words = stream.data.instrument, stream.words

    def content() -> list[bytes]:
        stand = stream.data.stand.isoformat(timespec="seconds")
        wave = instrument.wave.year
        record = {
            "version": FORM,
            "study": instrument.study.id,
            "year": wave,
            "instrument": instrument.hash,
            "stand": stand,
            "is_made_up": stream.data.is_made_up,
            "edition": edition.number if edition is not None else None,
            "data_version": stream.data_version,
            "rule": {"threshold": None, "bases": [], "text": {words.language: _no_rule(words)}},
            "populations": [],
            "results": {
                kind: {
                    "uid": kind,
                    "status": "review",
                    "type": "microdata",
                    "properties": {
                        "method": "none",
                        "rows": stream.cases.n,
                        "variables": len(stream.columns),
                        "smallest_group": 1 if stream.cases.n else None,
                    },
                    "command": f"surveyapp export {kind} {instrument.study.id} {wave} --out FOLDER",
                    "summary": "review; single cases, nothing suppressed",
                    "timestamp": stand,
                }
            },
        }
        return [(json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()]

    return Part("evidence.json", words("the record for whoever checks what leaves the house"), content)


def data_readme(
    stream: CaseStream, name: str, losses: Losses, edition: Edition | None
) -> Callable[[Sequence[WrittenPart]], str]:
    """The readme of a package of cases, written once its parts are.

    Parameters
    ----------
    name :   of the format, as people call it
    losses : what the format could not hold; asked when the parts are written
    """

    def text(parts: Sequence[WrittenPart]) -> str:
        data, words = stream.data, stream.words
        facts: Mapping[str, object] = {
            words("Format"): name,
            words("Cases"): f"{stream.cases.n}; {words('of which excluded')}: {int(stream.cases.is_excluded.sum())}",
            words("Columns"): len(stream.columns),
            words("Data of"): data.stand.isoformat(timespec="seconds"),
            words("Version of the data"): stream.data_version,
            words("Edition"): edition.number if edition is not None else words("none: the wave never closed"),
            words("Definition"): data.instrument.hash,
            words("Weight"): words("none: every respondent counts once"),
        }
        return "\n".join(
            [
                words.pick(data.instrument.wave.title),
                "",
                words("Restricted: single answers. Do not pass on."),
                *filter(None, (words.made_up(data.is_made_up),)),
                "",
                *(f"{label}: {fact}" for label, fact in facts.items()),
                *(words.pick(said) for said in filter(None, (failed_rules(data),))),
                words("status “excluded”: sent, and left out of every figure for its quality."),
                "",
                words("Disclosure"),
                _no_rule(words),
                "",
                words("Missing answers"),
                *(f"{code.code}: {words.pick(code.label)}" for code in data.instrument.missing.values()),
                "",
                words("What this format cannot hold"),
                *(f"- {line}" for line in losses.lines or [words("nothing was lost")]),
                "",
                *checksums(parts, words),
            ]
        )

    return text


def checksums(parts: Sequence[WrittenPart], words: Words) -> list[str]:
    """The lines that name each file with what it holds, its size and its checksum."""
    lines = [words("Files, with their SHA-256")]
    for part in parts:
        holds = f" – {part.holds}" if part.holds else ""
        lines += [f"{part.name}{holds} ({part.size} B)", f"  {part.sha256}"]
    return [*lines, ""]


def _no_rule(words: Words) -> str:
    return words(
        "These are single answers: nothing is hidden and no threshold was applied. They are for researchers and "
        "administrators, and every file is noted in the audit log. Figures for others come from the report, where "
        "small groups are hidden."
    )
