"""The network an address belongs to: what attempts are counted by, so that one machine is no crowd.

Providers give a household or an office one IPv4 address or a whole /64 of IPv6; who counts IPv6 per address counts
nothing, as one machine has 2⁶⁴ of them.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

PREFIX_4, PREFIX_6 = 24, 64


def network_of(address: str | None, bits: int = PREFIX_4) -> str:
    """The network of an IPv4 address, the /64 of an IPv6 address; what is no address, as it is. Never stored so.

    Parameters
    ----------
    bits : of an IPv4 address that count; 32 where an office of respondents is one address already
    """
    written = (address or "").partition("%")[0].strip()  # fe80::1%eth0
    try:
        found: IPv4Address | IPv6Address = ip_address(written)
    except ValueError:
        return written[:64]
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.max_prefixlen == bits:
        return f"{found}/{bits}"
    return str(ip_network((found, bits if found.version == 4 else PREFIX_6), strict=False))


def network_of_respondent(address: str | None) -> str:
    """By what respondents' attempts are counted: one IPv4 address, which is a household or an office, or a /64."""
    written = address or ""
    try:
        socket.inet_pton(socket.AF_INET, written)
    except OSError:
        return network_of(address, 32)
    return f"{written}/32"
