"""Nested banners: the groups of one variable within those of another, written ``role > sector``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

BETWEEN = ">"


def nested_in(banner: str) -> tuple[str, ...]:
    """The variables of a banner, the outermost first; of a plain one itself."""
    return tuple(name.strip() for name in banner.split(BETWEEN))


def as_written(banner: str) -> str:
    """A banner's name, with one space on either side of what stands between its variables."""
    return f" {BETWEEN} ".join(nested_in(banner))


def broken_down_by(banners: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each variable with the banner that names it: itself, or a nested one."""
    for banner in banners:
        for name in nested_in(banner):
            yield name, banner
