"""Rooms, what was said in them, and saying more: once for each `cmid`."""

import asyncio

from structlog.testing import capture_logs

from tests.api.conftest import Server


async def test_the_list_tells_who_i_am_and_my_rooms(server: Server) -> None:
    ada = await server.guest("Ada")
    mine = (await ada.client.get("/api/rooms")).json()
    assert set(mine) == {"me", "version", "rooms"}
    assert mine["rooms"] == [ada.made["room"]]


async def test_one_room_is_told_as_the_list_tells_it(server: Server) -> None:
    ada = await server.guest("Ada")
    await ada.say("Hullo")
    (listed,) = (await ada.client.get("/api/rooms")).json()["rooms"]
    assert (await ada.client.get(f"/api/rooms/{ada.room}")).json() == listed
    assert listed["head"] == 2


async def test_a_room_of_others_is_not_found_whatever_one_does(server: Server) -> None:
    ada, eve = await server.guest("Ada"), await server.guest("Eve")
    room = f"/api/rooms/{eve.room}"
    for answer in (
        await ada.client.get(room),
        await ada.client.get(f"{room}/events"),
        await ada.client.get(f"{room}/stream"),
        await ada.client.post(f"{room}/messages", json={"text": "Hullo"}),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


async def test_a_message_is_on_disk_and_in_the_log_when_it_is_answered(
    server: Server,
) -> None:
    ada = await server.guest("Ada")
    posted = (await ada.say("Hullo", cmid="one")).json()
    assert posted == {"seq": 2, "at": posted["at"], "duplicate": False}
    history = (await ada.client.get(f"/api/rooms/{ada.room}/events")).json()
    assert history["head"] == 2
    assert history["more"] is False
    assert history["people"] == [{"id": ada.made["me"]["id"], "name": "Ada"}]
    assert history["events"][1] == {
        "seq": 2,
        "kind": "message",
        "at": posted["at"],
        "by": ada.made["me"]["id"],
        "cmid": "one",
        "text": "Hullo",
    }


async def test_the_same_cmid_again_is_the_first_answer_again(server: Server) -> None:
    ada = await server.guest("Ada")
    first = (await ada.say("Hullo", cmid="one")).json()
    again = (await ada.say("Hullo", cmid="one")).json()
    assert again == first | {"duplicate": True}
    other = await ada.say("Hullo?", cmid="one")
    assert other.status_code == 409
    assert other.json()["code"] == "cmid_conflict"
    history = (await ada.client.get(f"/api/rooms/{ada.room}/events")).json()
    assert history["head"] == 2


async def test_without_a_cmid_each_message_is_a_new_one(server: Server) -> None:
    ada = await server.guest("Ada")
    seqs = [(await ada.say("Hullo")).json()["seq"] for _ in range(3)]
    assert seqs == [2, 3, 4]


async def test_who_does_not_wait_for_the_answer_has_still_posted(
    server: Server,
) -> None:
    ada = await server.guest("Ada")
    with capture_logs() as logs:
        for patience in range(30):
            async with asyncio.TaskGroup() as tasks:
                posting = tasks.create_task(ada.say("Hullo"))
                for _ in range(patience):
                    await asyncio.sleep(0)
                posting.cancel()
        await server.door.drain()
    assert logs == []
    assert (await ada.say("Bye")).json()["seq"] > 2


async def test_a_message_may_answer_another_and_wait_for_one(server: Server) -> None:
    ada = await server.guest("Ada")
    await ada.say("Hullo", cmid="one")
    answer = await ada.say("Well?", cmid="two", reply_to=2, behind="one")
    assert answer.json()["seq"] == 3
    early = await ada.say("Too early", cmid="four", behind="three")
    assert early.status_code == 409
    assert early.json()["code"] == "out_of_order"
    history = (await ada.client.get(f"/api/rooms/{ada.room}/events?after=2")).json()
    assert history["events"][0]["reply_to"] == 2


async def test_history_is_read_page_by_page_in_both_directions(server: Server) -> None:
    ada = await server.guest("Ada")
    for number in range(2, 11):
        await ada.say(f"message {number}")

    async def seqs(query: str) -> tuple[list[int], bool]:
        path = f"/api/rooms/{ada.room}/events?{query}"
        page = (await ada.client.get(path)).json()
        return [event["seq"] for event in page["events"]], page["more"]

    assert await seqs("limit=3") == ([8, 9, 10], True)
    assert await seqs("before=8&limit=3") == ([5, 6, 7], True)
    assert await seqs("before=3&limit=3") == ([1, 2], False)
    assert await seqs("after=0&limit=3") == ([1, 2, 3], True)
    assert await seqs("after=8&limit=3") == ([9, 10], False)
    assert await seqs("around=5&limit=3") == ([4, 5, 6], True)


async def test_history_shows_a_message_as_it_is_now(server: Server) -> None:
    ada = await server.guest("Ada")
    await ada.say("Hulo", cmid="one")
    await ada.ask("edit_message", room=ada.room, seq=2, text="Hullo")
    await ada.ask("react", room=ada.room, seq=2, emoji="👍", on=True)
    path = f"/api/rooms/{ada.room}/events?around=2&limit=1"
    (event,) = (await ada.client.get(path)).json()["events"]
    assert event["text"] == "Hullo"
    assert event["edited_at"]
    assert event["changed"] == 4
    assert event["reactions"][0]["emoji"] == "👍"
