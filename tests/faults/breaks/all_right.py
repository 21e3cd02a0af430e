"""Histories that look wrong and are right: nobody may cry wolf here."""

from collections.abc import Callable, Iterator

from tests.faults.breaks.scripts import ADA, BEGINNING, BOB, Script, event, message
from tests.faults.history import History

Write = Callable[[], History]
WRITTEN: list[Write] = []


def _right(write: Write) -> Write:
    WRITTEN.append(write)
    return write


@_right
def what_was_not_answered_is_not_there() -> History:
    script = Script()
    op = script.say("Ada/1", "post_message", cmid="a", text="Hello")
    script.lose("Ada/1", op)
    return script.end()


@_right
def what_was_never_answered_is_there() -> History:
    script = Script()
    script.say("Ada/1", "post_message", cmid="a", text=" Hello\r\nBob ")
    return script.end(message(3, ADA, "a", "Hello\nBob"))


@_right
def a_repetition_is_of_what_was_not_answered() -> History:
    script = Script()
    op = script.say("Ada/1", "post_message", cmid="a", text="Hello")
    script.lose("Ada/1", op)
    for _ in range(2):
        op = script.say("Ada/1", "post_message", cmid="a", text="Hello")
        script.ok(op, seq=3, at=3, duplicate=True)
    return script.end(message(3, ADA, "a", "Hello"))


@_right
def what_was_refused_once_was_taken_later_behind_another() -> History:
    script = Script()
    script.fail(script.say("Ada/1", "post_message", cmid="a", text="Hello"))
    script.post("Ada/1", 3, "b")
    script.post("Ada/1", 4, "a")
    return script.end(message(3, ADA, "b", "Hello"), message(4, ADA, "a", "Hello"))


@_right
def what_an_old_socket_said_arrived_after_what_the_new_one_did() -> History:
    script = Script()
    op = script.say("Ada/1", "post_message", cmid="a", text="Hello")
    script.lose("Ada/1", op)
    script.post("Ada/1", 3, "b")
    return script.end(message(3, ADA, "b", "Hello"), message(4, ADA, "a", "Hello"))


@_right
def another_text_was_refused_and_the_first_one_stands() -> History:
    script = Script()
    script.post("Ada/1", 3, "a")
    op = script.say("Ada/1", "post_message", cmid="a", text="Good-bye")
    script.fail(op, "cmid_conflict")
    return script.end(message(3, ADA, "a", "Hello"))


@_right
def two_people_chose_the_same_cmid() -> History:
    script = Script()
    script.post("Ada/1", 3, "a")
    script.post("Bob/1", 4, "a")
    return script.end(message(3, ADA, "a", "Hello"), message(4, BOB, "a", "Hello"))


@_right
def two_said_something_at_once_and_were_answered_the_other_way_round() -> History:
    script = Script()
    ada = script.say("Ada/1", "post_message", cmid="a", text="Hello")
    bob = script.say("Bob/1", "post_message", cmid="b", text="Hello")
    script.ok(bob, seq=4, at=4, duplicate=False)
    script.ok(ada, seq=3, at=3, duplicate=False)
    return script.end(message(3, ADA, "a", "Hello"), message(4, BOB, "b", "Hello"))


@_right
def a_deletion_was_told_to_all_who_asked_for_it() -> History:
    script = Script()
    script.post("Bob/1", 3, "b")
    for device in ("Ada/1", "Bob/1", "Bob/1"):
        script.ok(script.say(device, "delete_message", seq=3), seq=4)
    gone = event("deleted", 4, ADA, target=3)
    return script.end(message(3, BOB, "b", None, deleted=True, changed=4), gone)


@_right
def an_edit_without_answer_was_made_again() -> History:
    script = Script()
    script.post("Ada/1", 3, "a")
    op = script.say("Ada/1", "edit_message", seq=3, text="One")
    script.lose("Ada/1", op)
    script.ok(script.say("Ada/1", "edit_message", seq=3, text="One"), seq=5)
    edits = [event("edited", seq, ADA, target=3, text="One") for seq in (4, 5)]
    said = message(3, ADA, "a", "One", edited_at=5, changed=5)
    return script.end(said, *edits)


@_right
def an_edit_was_told_before_its_message_was_deleted() -> History:
    script = Script()
    script.post("Ada/1", 3, "a")
    edit = script.say("Ada/1", "edit_message", seq=3, text="One")
    edited = event("edited", 4, ADA, target=3, text="One")
    script.told("Bob/1", *BEGINNING, message(3, ADA, "a", "Hello"), edited)
    script.ok(edit, seq=4)
    script.ok(script.say("Ada/1", "delete_message", seq=3), seq=5)
    gone = event("deleted", 5, ADA, target=3)
    script.told("Bob/1", gone)
    said = message(3, ADA, "a", None, deleted=True, changed=5)
    return script.end(said, edited | {"text": None}, gone)


@_right
def a_batch_under_way_shows_what_is_being_deleted() -> History:
    script = Script()
    script.told("Bob/1", *BEGINNING)
    script.post("Ada/1", 3, "a")
    script.ok(script.say("Ada/1", "delete_message", seq=3), seq=4)
    gone = event("deleted", 4, ADA, target=3)
    script.told("Bob/1", message(3, ADA, "a", "Hello"))
    script.told("Bob/1", gone)
    return script.end(message(3, ADA, "a", None, deleted=True, changed=4), gone)


@_right
def who_left_was_told_so_and_came_back_to_all_that_was_missed() -> History:
    script = Script()
    left, back = event("left", 3, BOB), event("joined", 5, BOB)
    hello = message(4, ADA, "a", "Hello")
    leave = script.say("Bob/1", "leave_room")
    script.told("Bob/1", *BEGINNING, left)
    script.ok(leave)
    script.post("Ada/1", 4, "a")
    join = script.say("Bob/1", "join_room", key="key")
    script.ok(join, room={"id": "r1"}, head=5, reset=False, **{"from": 1})
    script.opened("Bob/1", head=5)
    script.told("Bob/1", *BEGINNING, left, hello, back)
    return script.end(left, hello, back)


@_right
def an_opening_that_was_asked_for_before_leaving_began_after_coming_back() -> History:
    script = Script()
    again = script.say("Bob/1", "open_room")
    script.greet("Bob/2")
    script.ok(script.say("Bob/2", "leave_room"))
    join = script.say("Bob/2", "join_room", key="key")
    events = event("left", 3, BOB), event("joined", 4, BOB)
    script.ok(again, room={"id": "r1"}, head=2, reset=False, **{"from": 1})
    script.opened("Bob/1", head=2)
    script.told("Bob/1", *BEGINNING, *events)
    script.ok(join, room={"id": "r1"}, head=4, reset=False, **{"from": 1})
    return script.end(*events)


@_right
def the_quicker_of_two_devices_put_it_before_what_the_other_said_first() -> History:
    script = Script()
    script.greet("Ada/2")
    first = script.say("Ada/1", "post_message", cmid="a", text="Hello")
    slow = script.say("Ada/1", "post_message", cmid="b", text="Hello")
    quick = script.say("Ada/2", "post_message", cmid="b", text="Hello")
    script.lose("Ada/2", quick)
    script.ok(first, seq=4, at=4, duplicate=False)
    script.lose("Ada/1", slow)
    return script.end(message(3, ADA, "b", "Hello"), message(4, ADA, "a", "Hello"))


@_right
def so_many_gave_an_emoji_that_not_all_are_named() -> History:
    script = Script()
    script.post("Ada/1", 3, "a")
    people = [f"f{n}" for n in range(60)]
    given = [
        event("reacted", 4 + n, person, target=3, emoji="\N{FIRE}", on=True)
        for n, person in enumerate(people)
    ]
    for n, person in enumerate(people):
        device = f"{person}/1"
        script.note(device, "person", id=person)
        op = script.say(device, "react", seq=3, emoji="\N{FIRE}", on=True)
        script.ok(op, seq=4 + n)
    shown = [{"emoji": "\N{FIRE}", "n": 60, "people": people[:50]}]
    said = message(3, ADA, "a", "Hello", reactions=shown, changed=63)
    return script.end(said, *given)


@_right
def a_page_was_read_when_more_had_come_than_it_was_to_hold() -> History:
    script = Script()
    op = script.say("Bob/1", "history")
    script.post("Ada/1", 3, "a")
    script.ok(op, events=BEGINNING, head=3)
    script.note("Bob/1", "page", room="r1", head=3, events=BEGINNING)
    return script.end(message(3, ADA, "a", "Hello"))


@_right
def in_a_crowd_nobody_is_seen_to_come() -> History:
    script = Script()
    joins = [event("joined", 3 + n, f"f{n}") for n in range(498)]
    script.greet("Eve/1")
    join = script.say("Eve/1", "join_room", key="key")
    script.ok(join, room={"id": "r1"}, head=500, reset=False, **{"from": 451})
    script.opened("Eve/1", head=500, start=451)
    script.told("Eve/1", *joins[448:])
    return script.end(*joins)


def list_right() -> Iterator[tuple[str, History]]:
    """Return all of them, with their names."""
    for write in WRITTEN:
        yield write.__name__.replace("_", " "), write()
