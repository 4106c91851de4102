"""The open links of a wave: one per source and language."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from surveyapp.fieldwork.arrivals import OPEN_LINK
from surveyapp.fieldwork.personal_links import CONFIDENTIAL
from surveyapp.fieldwork.waves import SOURCE, landing
from surveyapp.storage import sources
from surveyapp.storage.database import Session
from surveyapp.web.console.frame import WaveFrame, language_name
from surveyapp.web.languages import translate
from surveyapp.web.sessions import services


@dataclass(frozen=True, slots=True)
class OpenLink:
    """One source in one language: where its link leads, and where its QR codes are."""

    language: str
    address: str
    svg: str
    png: str


@dataclass(frozen=True, slots=True)
class LinksOfSource:
    """One source and its links."""

    source: str
    name: str
    links: tuple[OpenLink, ...]


@dataclass(frozen=True, slots=True)
class OpenLinksPage:
    """Every source of a wave; none where people come by name alone."""

    sources: tuple[LinksOfSource, ...]
    names: frozenset[str]
    is_by_name: bool


def open_links(session: Session, wave: WaveFrame) -> OpenLinksPage:
    """The open links of a wave."""
    if wave.info.mode == CONFIDENTIAL:
        return OpenLinksPage((), frozenset(), True)
    declared = (OPEN_LINK, *sources.of_wave(session, wave.study, wave.year))
    names = {OPEN_LINK: translate("The link without a name")}
    return OpenLinksPage(
        tuple(
            LinksOfSource(
                source,
                names.get(source, source),
                tuple(_link(wave, language, source) for language in wave.instrument.languages),
            )
            for source in declared
        ),
        frozenset(declared),
        False,
    )


def _link(wave: WaveFrame, language: str, source: str) -> OpenLink:
    svg, png = (
        wave.address("console.settings_qr", source=source, language=language, picture=form) for form in ("svg", "png")
    )
    return OpenLink(language_name(language), address_of(wave, language, source), svg, png)


def address_of(wave: WaveFrame, language: str, source: str) -> str:
    """The whole address of an open link."""
    query = "" if source == OPEN_LINK else f"?{urlencode({SOURCE[language]: source})}"
    return f"{services().settings.base_url.rstrip('/')}{landing(wave.study, wave.year, language)}{query}"
