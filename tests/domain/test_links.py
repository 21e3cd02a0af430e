"""Keys of links: derived, recognised, and not guessed."""

import pytest

from chinwag.domain.access import check_link
from chinwag.domain.links import derive_key, digest_key, read_key
from chinwag.domain.model import Link, Role
from chinwag.errors import Gone, NotFound
from chinwag.ids import LinkId, Millis, RoomId
from tests.support.time import MORNING

SECRET = b"s" * 32
KEY = derive_key(SECRET, LinkId(7))


def link(
    *, ended: bool = False, expires_at: int | None = None, uses_left: int | None = None
) -> Link:
    return Link(
        id=LinkId(7),
        room=RoomId(1),
        role=Role.MEMBER,
        digest=digest_key(KEY),
        expires_at=None if expires_at is None else Millis(expires_at),
        uses_left=uses_left,
        ended=ended,
    )


def test_a_key_is_the_same_again_and_another_for_every_link_and_secret() -> None:
    assert derive_key(SECRET, LinkId(7)) == KEY
    assert derive_key(SECRET, LinkId(8)) != KEY
    assert derive_key(b"t" * 32, LinkId(7)) != KEY
    assert len(KEY) == 22


def test_a_key_is_not_in_its_digest() -> None:
    assert len(digest_key(KEY)) == 32
    assert KEY.encode() not in digest_key(KEY)


@pytest.mark.parametrize(
    "text",
    ["{}", " {} \n", "https://a.example/join#{}", "http://[::1]:2428/join#{}.rest.x"],
)
def test_a_key_is_found_in_whatever_people_paste(text: str) -> None:
    assert read_key(text.format(KEY)) == KEY


@pytest.mark.parametrize(
    "text",
    ["", "#", "x", f"{KEY}x", KEY[:-1], f"{KEY[:-1]}\u00e9", f"{KEY}/", "a" * 2_000],
)
def test_what_is_no_key_is_not_found(text: str) -> None:
    with pytest.raises(NotFound, match="link"):
        read_key(text)


@pytest.mark.parametrize(
    "gone",
    [link(ended=True), link(expires_at=MORNING), link(uses_left=0)],
    ids=["ended", "expired", "used up"],
)
def test_a_link_that_is_over_is_gone(gone: Link) -> None:
    with pytest.raises(Gone):
        check_link(gone, MORNING)


def test_a_link_works_until_it_is_over() -> None:
    check_link(link(), MORNING)
    check_link(link(expires_at=MORNING + 1, uses_left=1), MORNING)
