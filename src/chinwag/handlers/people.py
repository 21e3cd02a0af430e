"""Who speaks: greeting, guests, names, and forgetting them."""

from chinwag.domain.model import Person
from chinwag.domain.names import suggest_name
from chinwag.domain.news import RenamedNews
from chinwag.domain.texts import MAX_TEXT, clean_name
from chinwag.errors import Unauthorized
from chinwag.handlers.call import Call, digest_token
from chinwag.ids import PersonId, make_id
from chinwag.protocol.commands import (
    AskMe,
    Hello,
    Ping,
    RenameMe,
)
from chinwag.protocol.door import Newcomer
from chinwag.protocol.envelope import MAX_CLIENT_FRAME, view_me, view_place
from chinwag.protocol.results import (
    Done,
    Myself,
    Renamed,
    ServerView,
    Welcome,
)


def recognise(call: Call) -> None:
    """Find out who calls, where that is not known yet, or raise `Unauthorized`."""
    if call.caller.person is not None:
        return
    if call.caller.greets:
        # Its `hello` was refused, and what followed at once was already taken.
        raise Unauthorized("Say hello first.")
    identify(call)


def identify(call: Call, spoken_token: str | None = None) -> None:
    """Find out who calls and note it in the caller, or make a guest of them.

    The caller's own token (header or cookie) goes before the one in `hello`.

    Raises:
        Unauthorized: Nobody known speaks, and nobody new may.
    """
    caller = call.caller
    for token, strict in ((caller.token, caller.strict), (spoken_token, True)):
        if token is None:
            continue
        person = _find(call, token)
        if person is not None:
            call.recognise(person.id)
            return
        if strict:
            raise Unauthorized("Nobody is known by this token.")
    if caller.newcomer is Newcomer.GUEST:
        _make_guest(call)
    elif caller.newcomer is Newcomer.REFUSED:
        raise Unauthorized


def _find(call: Call, token: str) -> Person | None:
    digest = digest_token(token)
    waiting = call.house.lobby.get_by_token(digest)
    return waiting or call.work.people.get_person_by_token(digest)


def _make_guest(call: Call) -> None:
    house, caller = call.house, call.caller
    call.take_join("guest")
    wanted = caller.guest_name
    name = suggest_name(house.dice) if wanted is None else clean_name(wanted)
    person = Person(PersonId(make_id(call.now, house.dice)), name)
    call.fresh_token = house.dice.token()
    call.undo.append(house.lobby.enter(person, digest_token(call.fresh_token)))
    call.after_commit.append(house.lobby.forget_oldest)
    call.recognise(person.id)


def hello(call: Call, command: Hello) -> Welcome:
    """Greet whoever speaks, with all that is theirs."""
    call.caller.guest_name = command.name
    identify(call, command.token)
    house, person = call.house, call.myself()
    return Welcome(
        me=view_me(person),
        version=person.version,
        rooms=tuple(map(view_place, call.places())),
        epoch=house.epoch,
        server=ServerView(house.version, MAX_TEXT, MAX_CLIENT_FRAME, house.heartbeat),
        token=call.fresh_token,
    )


def me(call: Call, _: AskMe) -> Myself:
    """Tell once more what is the asker's own."""
    person = call.myself()
    return Myself(
        me=view_me(person),
        version=person.version,
        rooms=tuple(map(view_place, call.places())),
    )


def rename_me(call: Call, command: RenameMe) -> Renamed:
    """Give the asker another name, everywhere."""
    name = clean_name(command.name)
    call.take_message()
    waiting = call.house.lobby.get(call.person)
    if waiting is not None:
        person, token = waiting
        person = Person(person.id, name, person.guest, person.version)
        call.undo.append(call.house.lobby.enter(person, token))
        call.news.append(RenamedNews(person, (), call.caller.device))
        return Renamed(view_me(person), person.version)
    call.work.people.put_name(call.person, name)
    call.work.members.forget_names(call.person)
    version = call.work.people.raise_version(call.person)
    person = Person(call.person, name, call.myself().guest, version)
    rooms = tuple(place.room.id for place in call.places())
    call.news.append(RenamedNews(person, rooms, call.caller.device))
    return Renamed(view_me(person), version)


def ping(_call: Call, _command: Ping) -> Done:
    """Answer."""
    return Done()
