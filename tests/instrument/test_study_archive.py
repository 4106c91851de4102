"""An archive of a study's files: what goes out comes in, and what no honest zip holds is refused before it unfolds."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from surveyapp.errors import DefinitionRefused
from surveyapp.instrument.source import MAXIMUM_BYTES
from surveyapp.instrument.study_archive import LARGEST_PACKED, MOST_FILES, archive_bytes, read_archive

STUDY = {
    "study.yaml": b"study: kinds\n",
    "variables.yaml": b"variables: {}\n",
    "2027/questionnaire.yaml": b"wave: 2027\n",
}


def zipped(*entries: tuple[str, bytes], mode: int = stat.S_IFREG | 0o644) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (*STUDY.items(), *entries):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (mode if (name, content) in entries else stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def test_what_goes_out_comes_in_and_the_same_files_give_the_same_bytes() -> None:
    sent = archive_bytes(STUDY, "kinds")

    assert read_archive(sent).contents == STUDY
    assert sent == archive_bytes(dict(reversed(STUDY.items())), "kinds")


def test_a_bare_archive_is_read_too_and_what_is_no_file_of_a_study_is_named() -> None:
    found = read_archive(zipped(("README.md", b"x"), ("2027/notes.txt", b"x"), ("2027/deeper/tables.yaml", b"x")))

    assert found.contents == STUDY
    assert found.left == ("README.md", "2027/notes.txt", "2027/deeper/tables.yaml")


BOMB = b"0" * 40_000_000
LARGE = zipped(("2027/tables.yaml", b"a: " + bytes(range(32, 127)) * (MAXIMUM_BYTES // 95 + 1)))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"", "neither a zip archive nor"),
        (b"%PDF-1.7", "neither a zip archive nor"),
        (b"PK\x03\x04 and then nothing", "cannot be read"),
        (archive_bytes(STUDY, "kinds")[:-40], "cannot be read"),
        (b"PK\x03\x04" + b"x" * LARGEST_PACKED, "larger than 5 MB"),
        (zipped(("../evil.yaml", b"x")), "outside itself"),
        (zipped(("/etc/passwd", b"x")), "outside itself"),
        (zipped(("a\\..\\b.yaml", b"x")), "outside itself"),
        (zipped(("2027/tables.yaml", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777), "no file"),
        (zipped(("2027/tables.yaml", BOMB)), "unfolds to more"),
        (zipped(*((f"notes/{n}.txt", b"x") for n in range(MOST_FILES))), "more than 100 files"),
        (zipped(("2027/tables.yaml", b"\xff\xfe")), "not saved as UTF-8"),
        (zipped(("kinds/study.yaml", b"x")).replace(b"kinds/study.yaml", b"2027/tables.yaml"), ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_no_archive_of_a_study_holds_is_refused(sent: bytes, said: str) -> None:
    if not said:
        assert read_archive(sent).contents["2027/tables.yaml"] == b"x"
        return
    with pytest.raises(DefinitionRefused, match=said):
        read_archive(sent)


def test_a_size_that_the_zip_lies_about_is_not_believed() -> None:
    content = b"x: 1\n" * 600_000  # 3 MB, while the zip says 5 bytes
    sent = bytearray(zipped(("2027/tables.yaml", content)))
    true = len(content).to_bytes(4, "little")
    for _ in range(2):  # in front of the file and in the list at the end
        place = sent.index(true)
        sent[place : place + 4] = (5).to_bytes(4, "little")

    with pytest.raises(DefinitionRefused):
        read_archive(bytes(sent))
