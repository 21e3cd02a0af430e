"""Short ways to hand commands in, and to insist on what comes back."""

from typing import TypeVar

from chinwag.errors import Refusal
from chinwag.ids import PersonId, RoomId, from_text
from chinwag.protocol.commands import AnyCommand, JoinRoom, PostMessage, StartRoom
from chinwag.protocol.door import Answer, Caller
from chinwag.protocol.results import Opened, Posted, Result, Started
from tests.support.server import Server

R = TypeVar("R", bound=Result)
F = TypeVar("F", bound=Refusal)


def expect(answer: Answer, kind: type[R]) -> R:
    """Return the answer, which must be this result."""
    assert isinstance(answer, kind), answer
    return answer


def refused(answer: Answer, kind: type[F]) -> F:
    """Return the answer, which must be this refusal."""
    assert type(answer) is kind, answer
    return answer


async def start_room(server: Server, founder: Caller, name: str = "Tea") -> Started:
    """Found a room."""
    return expect(await server.ask(founder, StartRoom(id=1, name=name)), Started)


async def join(server: Server, person: Caller, key: str) -> Opened:
    """Come in."""
    return expect(await server.ask(person, JoinRoom(id=1, key=key)), Opened)


async def post(server: Server, author: Caller, room: str, text: str) -> Posted:
    """Say something, under a `cmid` of its own."""
    command = PostMessage(id=1, room=room, cmid=f"c-{text[:40]}", text=text)
    return expect(await server.ask(author, command), Posted)


async def ask_at_once(
    server: Server, asked: list[tuple[Caller, AnyCommand]]
) -> list[Answer]:
    """Hand in many commands before the first is decided: they are one batch."""
    answers = [server.hand_in(caller, command) for caller, command in asked]
    await server.settle()
    return [answer.result() for answer in answers]


def room_id(text: str) -> RoomId:
    """Return the number of a room that there is."""
    number = from_text(text)
    assert number is not None
    return RoomId(number)


def person_of(caller: Caller) -> PersonId:
    """Return who this is."""
    assert caller.person is not None
    return caller.person
