"""What may be done to messages, by whom, and what they look like afterwards."""

import pytest

from chinwag.domain.access import may_invite, may_moderate, may_name, may_write
from chinwag.domain.events import Message
from chinwag.domain.messages import (
    NAMED_PER_MESSAGE,
    compose,
    delete,
    digest_cmid,
    edit,
    fold_reactions,
)
from chinwag.domain.model import Head, Membership, Place, Role, Room
from chinwag.errors import BadRequest, Forbidden
from chinwag.ids import Millis, PersonId, RoomId, Seq

ADA, EVE = PersonId(1), PersonId(2)
SAID = Message(cmid="c", text="Hm", reply_to=Seq(1))


def member(person: PersonId, role: Role = Role.MEMBER) -> Membership:
    return Membership(RoomId(9), person, "Somebody", role)


def test_a_reader_cannot_post_edit_delete_or_invite() -> None:
    reader = member(ADA, Role.READER)
    with pytest.raises(Forbidden):
        compose(reader, "c", "Hm", reply_to=None)
    with pytest.raises(Forbidden):
        edit(SAID, author=ADA, editor=reader, text="x", seq=Seq(5), at=Millis(5))
    with pytest.raises(Forbidden):
        delete(SAID, author=ADA, deleter=reader, seq=Seq(5))
    assert not may_write(Role.READER)
    assert not may_invite(Role.READER)


def test_only_owner_and_moderator_lead() -> None:
    for may in (may_moderate, may_name):
        assert [role for role in Role if may(role)] == [Role.OWNER, Role.MODERATOR]


def test_a_moderator_deletes_what_others_said_and_edits_nothing_of_it() -> None:
    eve = member(EVE, Role.MODERATOR)
    gone = delete(SAID, author=ADA, deleter=eve, seq=Seq(5))
    assert gone == Message("c", None, Seq(1), deleted=True, changed=Seq(5))
    with pytest.raises(Forbidden):
        edit(SAID, author=ADA, editor=eve, text="x", seq=Seq(5), at=Millis(5))


def test_a_deleted_message_is_not_edited() -> None:
    gone = delete(SAID, author=ADA, deleter=member(ADA), seq=Seq(5))
    with pytest.raises(BadRequest, match=r"^seq: "):
        edit(gone, author=ADA, editor=member(ADA), text="x", seq=Seq(6), at=Millis(6))


def test_a_message_names_so_many_people_and_counts_all() -> None:
    counts = [
        (str(n), 60, [PersonId(n * 50 + m) for m in range(1, 51)]) for n in range(30)
    ]
    folded = fold_reactions(SAID, counts, seq=Seq(5))
    assert sum(len(reaction.people) for reaction in folded.reactions) == 500
    assert NAMED_PER_MESSAGE == 500
    assert [reaction.n for reaction in folded.reactions] == [60] * 30


def test_a_cmid_is_its_persons_own() -> None:
    assert digest_cmid(ADA, "c") == digest_cmid(ADA, "c")
    assert digest_cmid(ADA, "c") != digest_cmid(EVE, "c")
    assert digest_cmid(PersonId(1), "1:c") != digest_cmid(PersonId(11), "c")


def test_unread_is_never_below_nought() -> None:
    room = Room(RoomId(9), "Tea")
    place = Place(room, Head(room.id, messages=3), Role.MEMBER, Seq(9), 5)
    assert place.unread == 0
