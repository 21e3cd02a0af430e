"""Under which names this server is reached: hosts, origins, cookies, links.

Pure: headers in, answers out.
"""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import msgspec

_PORTS = {"http": 80, "https": 443}


def split_host(host: str) -> tuple[str, int | None] | None:
    """Return the name and port of a `Host` header (RFC 9110, section 7.2), or None."""
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    # A blank inside is left out by the parser, and so is what follows a bracket.
    behind = host.rpartition("]")[2] if "]" in host else ""
    strange = "@" in host or parts.netloc != host or behind[:1] not in {"", ":"}
    return None if name is None or strange else (name.rstrip("."), port)


def is_address(name: str) -> bool:
    """Tell whether `name` is an IP address, which nobody can rebind."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Tell whether only this machine reaches `name`."""
    return name == "localhost" or (is_address(name) and ip_address(name).is_loopback)


def _split_origin(origin: str) -> tuple[str, str, int] | None:
    """Return scheme, name and port of an origin (RFC 6454, section 7), or None."""
    try:
        parts: SplitResult = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or parts.hostname is None:
        return None
    if f"{parts.scheme}://{parts.netloc}" != origin or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


class Site(msgspec.Struct, frozen=True):
    """The names of one server.

    Attributes:
        public_url: `https://host[:port]` as the world knows it, if it does.
        origins: Other origins whose pages may call.
        lan: This machine's address in its network, where the server listens there.
    """

    public_url: str | None = None
    origins: Collection[str] = ()
    lan: str | None = None

    def accepts_host(self, host: str) -> bool:
        """Tell whether `Host` names this server and no stranger's domain.

        An address, localhost, *.local, the public URL's or an allowed origin's:
        a page of another name that resolves to us (DNS rebinding) is none of them.
        """
        split = split_host(host)
        if split is None:
            return False
        name = split[0].lower()
        if is_address(name) or name == "localhost" or name.endswith(".local"):
            return True
        return name in self._named_hosts()

    def _named_hosts(self) -> set[str]:
        urls = [*self.origins, *([self.public_url] if self.public_url else [])]
        return {urlsplit(url).hostname or "" for url in urls}

    def accepts_origin(self, origin: str, host: str) -> bool:
        """Tell whether a page of `origin` may call the server that `host` names."""
        own = _split_origin(origin)
        if own is None:
            return False
        allowed = [*self.origins, *([self.public_url] if self.public_url else [])]
        if any(_split_origin(url) == own for url in allowed):
            return True
        split = split_host(host)
        if split is None or not self.accepts_host(host):
            return False
        scheme, name, port = own
        return name == split[0].lower() and port == (split[1] or _PORTS[scheme])

    def base(self, scheme: str, host: str) -> str:
        """Return what links begin with for somebody who came by `scheme` and `host`."""
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        split = split_host(host)
        if split is not None and self.lan is not None and is_loopback(split[0]):
            port = f":{split[1]}" if split[1] is not None else ""
            name = f"[{self.lan}]" if ":" in self.lan else self.lan
            return f"{scheme}://{name}{port}"
        return f"{scheme}://{host}"

    def cookie_name(self, scheme: str, host: str) -> str:
        """Return the session cookie's name: cookies ignore ports, so it has the port.

        `__Host-` ties it to one host and to https (RFC 6265bis, section 4.1.3).
        """
        if scheme == "https":
            return "__Host-chinwag"
        split = split_host(host)
        port = (split[1] if split else None) or _PORTS["http"]
        return f"chinwag-{port}"
