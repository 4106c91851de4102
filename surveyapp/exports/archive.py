"""A wave put away in one file: its definition, its cases, its report, its codebook and evidence, with checksums.

Nothing in it needs this product to be read: the definition is JSON (which is YAML too), tables are CSV and workbooks,
and ``SHA256SUMS`` is what ``sha256sum --check`` reads.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from surveyapp.exports.finishing import whole_file
from surveyapp.fieldwork.editions import Edition

SUMS, ABOUT = "SHA256SUMS", "READ-ME.txt"
_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The oldest day a zip knows: the same wave makes the same file."""
_SAID = {
    "nl": "Het archief van {title}.\n\ndefinition/   de vragenlijst en alles wat haar bepaalt\n"
    "data/         een regel per deelnemer, per opgeslagen pagina en per cijfer\nreport.xlsx   de tabellen\n"
    "codebook.*    elke variabele\nevidence.json welke groepen de cijfers tonen\n"
    "edition.json  de uitgave van de cijfers, met de hash van de antwoorden\n\n"
    "Of alles heel is: sha256sum --check SHA256SUMS\n",
    "en": "The archive of {title}.\n\ndefinition/   the questionnaire and all that settles it\ndata/         a row per "
    "case, per page saved and per figure\nreport.xlsx   the tables\ncodebook.*    every variable\n"
    "evidence.json which groups the figures show\nedition.json  the edition of the figures, with the hash of the "
    "answers\n\nWhether all is whole: sha256sum --check SHA256SUMS\n",
}


def write_archive(
    title: str,
    documents: Mapping[str, object],
    edition: Edition | None,
    files: Mapping[str, Callable[[Path], None]],
    path: Path,
    language: str,
) -> None:
    """Write the archive of a wave.

    Parameters
    ----------
    documents : the definition, by the names of its files
    files :     name in the archive → who writes it; the members of one that ends in ``/`` and is a zip stand under it
    """
    with whole_file(path) as target, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        sums = []
        for name, content in _contents(title, documents, edition, files, language):
            archive.writestr(zipfile.ZipInfo(name, _BEGINNING), content, zipfile.ZIP_DEFLATED)
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        archive.writestr(zipfile.ZipInfo(SUMS, _BEGINNING), "".join(sorted(sums, key=lambda line: line[66:])))


def _contents(
    title: str,
    documents: Mapping[str, object],
    edition: Edition | None,
    files: Mapping[str, Callable[[Path], None]],
    language: str,
) -> Iterator[tuple[str, bytes]]:
    yield ABOUT, _SAID[language].format(title=title).encode()
    for name, document in sorted(documents.items()):
        yield f"definition/{name}", (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
    held = {name: value for name, value in asdict(edition).items() if name != "actor"} if edition is not None else None
    yield "edition.json", (json.dumps(held, default=str, indent=1) + "\n").encode()
    with TemporaryDirectory() as folder:
        for name, write in files.items():
            made = Path(folder) / "made"
            write(made)
            if not name.endswith("/"):
                yield name, made.read_bytes()
                continue
            with zipfile.ZipFile(made) as inner:
                for member in inner.namelist():
                    yield name + member, inner.read(member)
