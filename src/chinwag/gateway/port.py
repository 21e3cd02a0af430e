"""The port that Chinwag listens on, and the address under which others reach it."""

import errno
import socket
import sys
from ipaddress import ip_address

from chinwag.errors import PortTaken

# An address for documentation (RFC 5737): nothing is ever sent there. Asking for the
# way to it tells which of our own addresses the network knows.
_FAR = ("192.0.2.1", 9)
UNSENT_BYTES = 128 * 1024
"""How much the kernel keeps of what a client doesn't take. By itself it would keep
megabytes for each, and what fills its memory with them slows everybody else."""


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that is bound and not yet listening, or raise `PortTaken`."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise PortTaken(
            f"There is no address {host} here: {error.strerror}."
        ) from error
    bound = socket.socket(family, kind, proto)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and host == "::":
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        _keep_little_unsent(bound)
        bound.bind(address)
        # Only listening tells whether somebody else has it already.
        bound.listen(1)
    except OSError as error:
        bound.close()
        raise PortTaken(_tell(host, port, error)) from error
    bound.settimeout(0)
    return bound


def _keep_little_unsent(bound: socket.socket) -> None:
    """Bound what waits in the kernel on every socket that is accepted from this one.

    Linux lets them inherit it. Elsewhere the system's own bound on a socket holds.
    """
    if sys.platform == "linux":
        option = socket.TCP_NOTSENT_LOWAT
        bound.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)


def _tell(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken on {host}: choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by you: choose one above 1023 with --port."
    return f"Can't listen on {host} port {port}: {error.strerror}."


def find_lan_address(host: str) -> str | None:
    """Return the address for others in the network, if `host` listens there."""
    if host not in {"0.0.0.0", "::", ""}:  # noqa: S104 - it only asks
        try:
            return None if ip_address(host).is_loopback else host
        except ValueError:
            return None
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(_FAR)
            found = str(probe.getsockname()[0])
    except OSError:
        return None
    return None if ip_address(found).is_loopback else found
