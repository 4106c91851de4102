"""QR codes of addresses, for print (SVG) and for slides (PNG)."""

from __future__ import annotations

from pathlib import Path

import segno

SCALE = 12  # pixels per module: sharp on a slide and on a poster's proof
QUIET_ZONE = 4  # modules; ISO/IEC 18004 asks for four


def qr_code(address: str) -> segno.QRCode:
    """The code of an address, with correction level M (15 %): it may be printed on a folded leaflet."""
    return segno.make_qr(address, error="m", boost_error=False)


def write_qr_code(address: str, folder: Path, name: str) -> tuple[Path, Path]:
    """Write ``name.svg`` and ``name.png`` into a folder that is there.

    Returns
    -------
    svg, png     the files; the SVG bears the address as its title
    """
    code = qr_code(address)
    svg, png = folder / f"{name}.svg", folder / f"{name}.png"
    code.save(str(svg), scale=SCALE, border=QUIET_ZONE, title=address, light="#FFFFFF", nl=True)
    code.save(str(png), scale=SCALE, border=QUIET_ZONE, light="#FFFFFF")
    return svg, png
