"""Above five hundred members joins and leaves are no events, and still counted."""

from pathlib import Path

import pytest

from chinwag.domain.news import LeftNews, PlaceNews, RoomNews
from chinwag.handlers import rooms
from chinwag.protocol.commands import LeaveRoom, LookAtLink
from chinwag.protocol.results import Departed, LookedAt
from tests.support.asking import expect, join, start_room
from tests.support.server import serving


async def test_in_a_crowd_joins_and_leaves_are_no_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rooms.CROWD == 500
    monkeypatch.setattr(rooms, "CROWD", 2)
    async with serving(tmp_path) as server:
        ada, eve, bob = [await server.meet(name) for name in ("Ada", "Eve", "Bob")]
        started = await start_room(server, ada)
        room, key = started.room.id, started.key
        assert (await join(server, eve, key)).head == 2
        server.news.clear()
        opened = await join(server, bob, key)
        assert (opened.head, opened.room.members, opened.room.read) == (2, 3, 2)
        expect(await server.ask(bob, LeaveRoom(id=1, room=room)), Departed)
        kinds = [type(news) for news in server.news]
        assert kinds == [PlaceNews, LeftNews]
        # No crowd any more: leaving is an event again.
        expect(await server.ask(eve, LeaveRoom(id=1, room=room)), Departed)
        assert any(isinstance(news, RoomNews) for news in server.news)
        looked = expect(await server.ask(ada, LookAtLink(id=1, key=key)), LookedAt)
        assert looked.room.members == 1
