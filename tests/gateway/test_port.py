"""The port that is bound, and the address that others are told."""

import socket
import sys
from contextlib import suppress

import pytest

from chinwag.errors import PortTaken
from chinwag.gateway.port import UNSENT_BYTES, bind, find_lan_address


def test_a_free_port_is_bound() -> None:
    with bind("127.0.0.1", 0) as bound:
        host, port = bound.getsockname()
        assert host == "127.0.0.1"
        assert port > 0


def test_a_port_that_somebody_listens_on_is_refused_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port: int = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is taken on 127.0.0.1"):
            bind("127.0.0.1", port)


def test_a_port_that_was_used_a_moment_ago_is_free() -> None:
    with bind("127.0.0.1", 0) as bound:
        host, port = bound.getsockname()
        with socket.create_connection((host, port)) as client:
            bound.settimeout(5)
            taken, _ = bound.accept()
            taken.close()
            client.recv(1)
    bind(host, port).close()


@pytest.mark.skipif(sys.platform != "linux", reason="told to Linux alone")
def test_the_kernel_keeps_little_for_who_does_not_read() -> None:
    hears = 16 * 1024
    with bind("127.0.0.1", 0) as bound, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, hears)
        client.connect(bound.getsockname())
        bound.settimeout(5)
        taken, _ = bound.accept()
        with taken:
            taken.settimeout(0)
            written = 0
            with suppress(BlockingIOError):
                while written < 64 * UNSENT_BYTES:
                    written += taken.send(bytes(4_096))
    assert written <= 2 * UNSENT_BYTES + 4 * hears


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_is_refused(host: str) -> None:
    with pytest.raises(PortTaken, match=host):
        bind(host, 0)


def test_ipv6_is_served_where_it_is_asked_for() -> None:
    with bind("::1", 0) as bound:
        assert bound.family == socket.AF_INET6


@pytest.mark.parametrize(
    ("host", "lan"),
    [
        ("127.0.0.1", None),
        ("::1", None),
        ("localhost", None),
        ("192.0.2.9", "192.0.2.9"),
    ],
)
def test_only_an_address_that_others_reach_is_told(host: str, lan: str | None) -> None:
    assert find_lan_address(host) == lan


def test_whoever_listens_everywhere_has_an_address_that_is_not_loopback() -> None:
    found = find_lan_address("0.0.0.0")  # noqa: S104 - it only asks
    assert found is None or not found.startswith("127.")
