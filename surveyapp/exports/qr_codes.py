"""QR codes of addresses, for print (SVG) and for slides (PNG)."""

from __future__ import annotations

import io
from pathlib import Path

import segno

SCALE = 12  # pixels per module: sharp on a slide and on a poster's proof
QUIET_ZONE = 4  # modules; ISO/IEC 18004 asks for four


def qr_code(address: str) -> segno.QRCode:
    """The code of an address, with correction level M (15 %): it may be printed on a folded leaflet."""
    return segno.make_qr(address, error="m", boost_error=False)


def qr_bytes(address: str, form: str) -> bytes:
    """The code of an address as ``svg`` or ``png``; the SVG bears the address as its title."""
    buffer = io.BytesIO()
    more = {"title": address, "nl": True} if form == "svg" else {}
    qr_code(address).save(buffer, kind=form, scale=SCALE, border=QUIET_ZONE, light="#FFFFFF", **more)
    return buffer.getvalue()


def write_qr_code(address: str, folder: Path, name: str) -> tuple[Path, Path]:
    """Write ``name.svg`` and ``name.png`` into a folder that is there.

    Returns
    -------
    svg, png     the files; the SVG bears the address as its title
    """
    svg, png = folder / f"{name}.svg", folder / f"{name}.png"
    svg.write_bytes(qr_bytes(address, "svg"))
    png.write_bytes(qr_bytes(address, "png"))
    return svg, png
