"""The guard against feeds that point inside: only public addresses are connected to, unless the operator allows more.

It stands where the socket is made, so it sees the address actually connected to, of names and literals alike, for every
redirect and whatever a name resolved to a moment before (DNS rebinding).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last four bytes


class BlockedAddressError(OSError):
    """The address is not public and not allowed."""

    def __init__(self, address: str) -> None:
        super().__init__("the address is not public")
        self.address = address


class AddressGuard:
    """Makes sockets for addresses that may be connected to: a ``socket_factory`` of aiohttp."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        """``allow`` are networks, e.g. ``10.0.0.0/8``, that are open besides the public ones."""
        self._allowed = tuple(ip_network(network) for network in allow)

    def __call__(self, info: tuple[Any, ...]) -> socket.socket:
        """Return a socket for one result of ``getaddrinfo``; raises BlockedAddressError."""
        family, sort, protocol, _, address = info
        if not self.allows(str(address[0])):
            raise BlockedAddressError(str(address[0]))
        return socket.socket(family=family, type=sort, proto=protocol)

    def allows(self, address: str) -> bool:
        """Tell whether ``address``, an IP address as text, may be connected to."""
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        candidates = [ip, *_embedded(ip)]
        if any(inner in network for inner in candidates for network in self._allowed):
            return True
        return all(inner.is_global and not inner.is_multicast for inner in candidates)


def _embedded(ip: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """Return the IPv4 addresses that an IPv6 address stands for."""
    if isinstance(ip, IPv4Address):
        return []
    inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        inner.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [one for one in inner if one is not None]
