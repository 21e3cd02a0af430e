"""Hosts, origins, cookies and links: what counts as this server, and what does not."""

import pytest

from chinwag.protocol.site import Site, is_address, is_loopback, split_host

PLAIN = Site()
PUBLIC = Site(public_url="https://chat.example", origins=("https://page.example:8443",))
LAN = Site(lan="192.168.1.5")

OUR_HOSTS = (
    "localhost localhost:2428 LOCALHOST 127.0.0.1 127.0.0.1:2428 [::1] [::1]:2428 "
    "192.168.1.5:2428 10.0.0.1 [fe80::1]:80 [2001:db8::1] ada.local Ada.LOCAL:2428 "
    "localhost. localhost.:2428"
).split()
FOREIGN_HOSTS = [
    *(
        "evil.example evil.example:2428 localhost.evil.example local evil-local "
        "127.0.0.1.evil.example 127.1 0x7f.1 2130706433 1.2.3 1.2.3.4.5 [::1 ::1 "
        "user@localhost localhost@evil.example localhost/x localhost?x localhost#x "
        "localhost:port localhost:99999 localhost:-1 [::1]x chat.example"
    ).split(),
    "",
    " ",
    "evil.example, localhost",
    "evil.example\\@localhost",
    "local\thost",
    "localhost\r\n",
    "[::1] ",
]


@pytest.mark.parametrize("host", OUR_HOSTS)
def test_an_address_or_local_name_is_this_server(host: str) -> None:
    assert PLAIN.accepts_host(host)


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_name_is_not_even_if_it_leads_here(host: str) -> None:
    assert not PLAIN.accepts_host(host)


@pytest.mark.parametrize("host", ["chat.example", "Chat.Example", "page.example"])
def test_the_public_name_and_allowed_ones_are_this_server(host: str) -> None:
    assert PUBLIC.accepts_host(host)
    assert not PUBLIC.accepts_host(f"x.{host}")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:2428", "localhost:2428"),
        ("http://LOCALHOST:2428", "localhost:2428"),
        ("http://192.168.1.5:2428", "192.168.1.5:2428"),
        ("http://[::1]:2428", "[::1]:2428"),
        ("http://ada.local", "ada.local"),
        ("http://ada.local", "ada.local:80"),
        ("https://ada.local", "ada.local"),
        ("https://ada.local", "ada.local:443"),
    ],
)
def test_a_page_of_ours_may_call(origin: str, host: str) -> None:
    assert PLAIN.accepts_origin(origin, host)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://localhost",
        "http://localhost:2429",
        "http://localhost:2428/",
        "http://localhost:2428/x",
        "http://localhost:2428?x",
        "http://user@localhost:2428",
        "http://127.0.0.1:2428",
        "http://evil.example:2428",
        "http://localhost.evil.example:2428",
        "ftp://localhost:2428",
        "file://",
        "chrome-extension://abcdef",
        "localhost:2428",
        "//localhost:2428",
        "http://localhost:2428, http://evil.example",
        "http://localhost:x",
        "http://",
        "HTTP://localhost:2428",
        "http://[::1:2428",
    ],
)
def test_a_foreign_page_may_not(origin: str) -> None:
    assert not PLAIN.accepts_origin(origin, "localhost:2428")


def test_a_page_on_a_rebound_name_may_not_although_host_and_origin_agree() -> None:
    assert not PLAIN.accepts_origin("http://evil.example:80", "evil.example:80")


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://chat.example", True),
        ("https://page.example:8443", True),
        ("https://page.example", False),
        ("http://chat.example", False),
        ("https://chat.example:8443", False),
        ("https://x.chat.example", False),
    ],
)
def test_the_public_url_and_allowed_origins_may_call(origin: str, *, may: bool) -> None:
    assert PUBLIC.accepts_origin(origin, "127.0.0.1:2428") is may


@pytest.mark.parametrize(
    ("site", "scheme", "host", "base"),
    [
        (PLAIN, "http", "localhost:2428", "http://localhost:2428"),
        (LAN, "http", "localhost:2428", "http://192.168.1.5:2428"),
        (LAN, "http", "127.0.0.1:2428", "http://192.168.1.5:2428"),
        (LAN, "http", "[::1]:2428", "http://192.168.1.5:2428"),
        (LAN, "http", "localhost", "http://192.168.1.5"),
        (LAN, "http", "ada.local:2428", "http://ada.local:2428"),
        (LAN, "http", "192.168.1.9:2428", "http://192.168.1.9:2428"),
        (Site(lan="fd00::5"), "http", "localhost:1", "http://[fd00::5]:1"),
        (PUBLIC, "http", "localhost:2428", "https://chat.example"),
        (Site(public_url="https://a.example/"), "http", "x", "https://a.example"),
    ],
)
def test_a_link_leads_where_others_can_go(
    site: Site, scheme: str, host: str, base: str
) -> None:
    assert site.base(scheme, host) == base


@pytest.mark.parametrize(
    ("scheme", "host", "name"),
    [
        ("http", "localhost:2428", "chinwag-2428"),
        ("http", "localhost:2429", "chinwag-2429"),
        ("http", "[::1]:2428", "chinwag-2428"),
        ("http", "localhost", "chinwag-80"),
        ("http", "nonsense@", "chinwag-80"),
        ("https", "chat.example", "__Host-chinwag"),
        ("https", "chat.example:8443", "__Host-chinwag"),
    ],
)
def test_a_cookie_is_named_after_its_port(scheme: str, host: str, name: str) -> None:
    assert PLAIN.cookie_name(scheme, host) == name


def test_hosts_fall_apart_into_name_and_port() -> None:
    assert split_host("[::1]:80") == ("::1", 80)
    assert split_host("a.example") == ("a.example", None)
    assert split_host("a.example:") == ("a.example", None)


def test_addresses_are_told_from_names() -> None:
    assert is_address("::1")
    assert not is_address("localhost")
    assert is_loopback("127.0.0.99")
    assert is_loopback("localhost")
    assert not is_loopback("192.168.1.5")
