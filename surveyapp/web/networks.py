"""The network an address belongs to: what attempts are counted by, so that one machine is no crowd.

Providers give a household or an office one IPv4 address or a whole /64 of IPv6; who counts IPv6 per address counts
nothing, as one machine has 2⁶⁴ of them.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

PREFIX_4, PREFIX_6 = 24, 64


def network_of(address: str | None) -> str:
    """The /24 of an IPv4 address, the /64 of an IPv6 address; what is no address, as it is. Never stored as it is."""
    written = (address or "").partition("%")[0].strip()  # fe80::1%eth0
    try:
        found: IPv4Address | IPv6Address = ip_address(written)
    except ValueError:
        return written[:64]
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ip_network((found, PREFIX_4 if found.version == 4 else PREFIX_6), strict=False))
