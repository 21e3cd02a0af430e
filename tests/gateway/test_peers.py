"""Whom a request comes from, if proxies are believed and if they are not."""

from ipaddress import ip_network

import pytest

from chinwag.domain.rates import Rate
from chinwag.gateway.peers import Addresses, Headers, Peer
from tests.support.time import FakeClock

PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1/128"))
ADDRESS = "192.0.2.7"


def head(**fields: str) -> Headers:
    """Return headers, with a Host unless another is given."""
    given = {"host": "chat.example"} | fields
    return [
        (name.replace("_", "-").encode(), value.encode())
        for name, value in given.items()
        if value
    ]


def test_without_a_proxy_it_is_whoever_connects() -> None:
    forwarded = head(
        x_forwarded_for="198.51.100.1",
        x_forwarded_proto="https",
        x_forwarded_host="evil.example",
    )
    peer = Peer.of(ADDRESS, forwarded, PROXIES)
    assert peer == Peer(ADDRESS, "http", "chat.example")


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("198.51.100.1,10.9.9.9,::1", "198.51.100.1"),
        ("198.51.100.1, nonsense", "10.0.0.1"),
        ("nonsense, 198.51.100.1", "198.51.100.1"),
        ("nonsense, 10.9.9.9", "10.9.9.9"),
        ("10.1.1.1, 10.9.9.9", "10.1.1.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("198.51.100.1:8080", "10.0.0.1"),
        (" ", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_behind_proxies_it_is_the_last_that_is_none_of_them(
    chain: str, client: str
) -> None:
    peer = Peer.of("10.0.0.1", head(x_forwarded_for=chain), PROXIES)
    assert peer is not None
    assert peer.address == client


def test_several_headers_are_one_chain() -> None:
    headers = [*head(x_forwarded_for="198.51.100.1"), (b"x-forwarded-for", b"10.9.9.9")]
    peer = Peer.of("10.0.0.1", headers, PROXIES)
    assert peer is not None
    assert peer.address == "198.51.100.1"


def test_a_proxy_tells_scheme_and_host_as_well() -> None:
    headers = head(x_forwarded_proto="https", x_forwarded_host="chat.example:8443")
    peer = Peer.of("::1", headers, PROXIES)
    assert peer == Peer("::1", "https", "chat.example:8443")


@pytest.mark.parametrize("scheme", ["ftp", "javascript", "HTTPS ", "ws"])
def test_a_scheme_that_is_none_of_ours_is_refused(scheme: str) -> None:
    assert Peer.of("::1", head(x_forwarded_proto=scheme), PROXIES) is None


@pytest.mark.parametrize("count", [0, 2])
def test_a_request_has_exactly_one_host(count: int) -> None:
    assert Peer.of(ADDRESS, [(b"host", b"chat.example")] * count, PROXIES) is None


def test_an_ipv4_client_of_an_ipv6_port_is_the_same_client() -> None:
    """A server that listens on `::` sees them as `::ffff:10.0.0.1`."""
    headers = head(x_forwarded_for="198.51.100.1")
    peer = Peer.of("::ffff:10.0.0.1", headers, PROXIES)
    assert peer is not None
    assert peer.address == "198.51.100.1"
    direct = Peer.of("::ffff:192.0.2.7", head(), PROXIES)
    assert direct is not None
    assert direct.address == ADDRESS


def test_an_address_has_so_many_sockets_at_once_and_in_a_second() -> None:
    clock = FakeClock()
    addresses = Addresses(Rate(10, 20), clock)
    assert [addresses.enter(ADDRESS) for _ in range(20)] == [0] * 20
    assert 0 < addresses.enter(ADDRESS) <= 0.1
    assert addresses.enter("192.0.2.8") == 0
    most = 20 * 4
    for _ in range(60):
        clock.go_on(0.1)
        assert addresses.enter(ADDRESS) == 0
    clock.go_on(60)
    assert addresses.enter(ADDRESS) == 5.0
    addresses.leave(ADDRESS)
    assert addresses.enter(ADDRESS) == 0
    for _ in range(most):
        addresses.leave(ADDRESS)
    addresses.forget_idle()
    assert addresses.enter(ADDRESS) == 0


def test_zero_is_no_limit_at_all() -> None:
    addresses = Addresses(Rate(0, 0), FakeClock())
    assert {addresses.enter(ADDRESS) for _ in range(5_000)} == {0}
