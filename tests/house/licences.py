"""The libraries the product runs on, with version and licence: `make licences`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Library:
    """One line of the lock, as it is installed here."""

    name: str
    version: str
    licence: str


def licence(given: Mapping[str, str]) -> str:
    """The licence in the metadata of a library: its expression, else its classifier, else its name when short."""
    if given.get("License-Expression"):
        return given["License-Expression"]
    every = given.get_all("Classifier", []) if hasattr(given, "get_all") else [given.get("Classifier", "")]
    named = [one.rpartition(" :: ")[2] for one in every if one.startswith("License :: ")]
    free = (given.get("License") or "").strip().partition("\n")[0]
    return " / ".join(named) or (free if len(free) < 80 else "")


def of(lock: Path) -> Iterator[Library]:
    """Every library of a lock that is installed here; what is for another system is left out."""
    names = re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    for name in dict.fromkeys(names):  # some stand there once per system
        try:
            held = distribution(name)
        except PackageNotFoundError:
            continue
        told = licence(held.metadata)  # type: ignore[arg-type]  (a mapping but for its class)
        yield Library(name, held.version, told or _by_its_text(held))


def _by_its_text(held: Distribution) -> str:
    """The licence by the text that lies beside the library, for one that says it nowhere else."""
    text = held.read_text("licenses/LICENSE") or ""
    return "MIT" if "Permission is hereby granted, free of charge" in text else ""


def main() -> None:
    """Print name, version and licence of each."""
    for one in of(Path("requirements.lock")):
        print(f"{one.name:28} {one.version:12} {one.licence}")


if __name__ == "__main__":
    main()
