"""Who is at the other end, and how many connections one address may have."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

import msgspec

from chinwag.clock import Clock
from chinwag.domain.rates import Limiter, Rate

Network = IPv4Network | IPv6Network
Headers = Sequence[tuple[bytes, bytes]]
LINES_PER_SOCKET = 4
"""A page asks for its parts on several connections before it opens one socket."""
_OPEN_PER_BURST = 4
_ADDRESSES = 1_024
"""So many are remembered as they were read: most come again, or many by one proxy."""
_LONGEST = 64
"""Characters; what is longer is no address, and is not kept for whoever made it up."""


class Peer(msgspec.Struct, frozen=True):
    """Where a request comes from, and by which name it reached us.

    Attributes:
        address: The client's address, not a proxy's.
        scheme: `http` or `https`, as the client used it.
        host: The `Host` that the client asked for.
    """

    address: str
    scheme: str
    host: str

    @classmethod
    def of(
        cls, address: str, headers: Headers, proxies: Collection[Network]
    ) -> "Peer | None":
        """Look through trusted proxies; None where there is not exactly one `Host`.

        `X-Forwarded-*` are believed only from a peer in `proxies`. The client is the
        last address in `X-Forwarded-For` that is no such proxy itself.
        """
        found = _list(headers, b"host")
        if len(found) != 1:
            return None
        address = _unmap(address)
        host, scheme = found[0], "http"
        if _is_trusted(address, proxies):
            chain = ",".join(_list(headers, b"x-forwarded-for")).split(",")
            address = _client(address, chain, proxies)
            scheme = _first(headers, b"x-forwarded-proto", scheme)
            host = _first(headers, b"x-forwarded-host", host)
        if scheme not in {"http", "https"}:
            return None
        return cls(address, scheme, host)


def _list(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key == name]


def _first(headers: Headers, name: bytes, default: str) -> str:
    found = _list(headers, name)
    return found[0].split(",")[0].strip() if found else default


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    """Return what is an IP address, an IPv4 one as such."""
    return _read(address) if len(address) <= _LONGEST else None


@lru_cache(_ADDRESSES)
def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return parsed if mapped is None else mapped


def _unmap(address: str) -> str:
    """Return an IPv4 address as such, also where an IPv6 socket has it."""
    if ":" not in address:
        return address
    parsed = _parse(address)
    return str(parsed) if isinstance(parsed, IPv4Address) else address


def find_direct(
    client: tuple[str, int] | None, proxies: Collection[Network]
) -> str | None:
    """Return whose connection it is; None if a proxy's, with many clients behind it."""
    if client is None:
        return None
    address = _unmap(client[0])
    return None if _is_trusted(address, proxies) else address


def _is_trusted(address: str, proxies: Collection[Network]) -> bool:
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in proxies)


def _client(address: str, chain: Sequence[str], proxies: Collection[Network]) -> str:
    for hop in reversed(chain):
        candidate = _unmap(hop.strip())
        if _parse(candidate) is None:
            return address
        address = candidate
        if not _is_trusted(address, proxies):
            break
    return address


class Addresses:
    """How many connections each address has and makes."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._limiter = Limiter(rate)
        self._clock = clock
        self._open: Counter[str] = Counter()
        self._most = rate.burst * _OPEN_PER_BURST if rate.per_second > 0 else None

    def enter(self, address: str) -> float:
        """Count a new one; return 0, or in how many seconds to try again."""
        if self._most is not None and self._open[address] >= self._most:
            return 5.0
        wait = self._limiter.take(address, self._clock.monotonic())
        if not wait:
            self._open[address] += 1
        return wait

    def leave(self, address: str) -> None:
        """Count one that has gone."""
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]

    def forget_idle(self) -> None:
        """Drop what is no longer needed."""
        self._limiter.forget_full(self._clock.monotonic())


class Arrivals:
    """Who comes from where.

    Attributes:
        sockets: The WebSockets of each address.
        lines: The other connections of each address, which speak HTTP.
    """

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self.sockets = Addresses(rate, clock)
        self.lines = Addresses(rate.times(LINES_PER_SOCKET), clock)

    def forget_idle(self) -> None:
        """Drop what is no longer needed."""
        self.sockets.forget_idle()
        self.lines.forget_idle()
