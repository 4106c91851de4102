"""What the documents say is held against the code."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from surveyapp.config import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_in_the_documents_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_the_settings_table_names_every_setting_with_its_meaning() -> None:
    table = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `SURVEYAPP_(\w+)` \| .+? \| (.+) \|$", table, flags=re.M))
    expected = {name.upper(): field.description for name, field in Settings.model_fields.items()}
    assert documented == expected


def test_no_registry_address_or_machine_path_is_committed() -> None:
    forbidden = re.compile(
        r"https?://[^ \"]*(?:"
        + "|".join(["pypi", "pythonhosted", "npmjs"])
        + r")\.(?:org|com)|/(?:work|farm)/|farm"
        + "-(?:studio|bench)"
    )
    for path in _tracked():
        if path.suffix in {".png", ".svg", ".xlsx", ".ico"}:
            continue
        found = forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{path.relative_to(ROOT)}: {found.group(0) if found else ''}"


def test_no_module_has_outgrown_its_floor() -> None:
    for path in (ROOT / "surveyapp").rglob("*.py"):
        if "versions" in path.parts:
            continue
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= 350, f"{path.relative_to(ROOT)} has {lines} lines: is there a seam?"
        assert path.stem not in {"utils", "helpers", "common", "misc"}, path


def test_every_make_target_is_explained_by_make_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.+)$", makefile, flags=re.M).group(1).split())  # type: ignore[union-attr]
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.M))
    assert phony == explained
