"""Broken histories that chance does not make, and what is wrong with them."""

from collections.abc import Callable, Iterator

from tests.faults.breaks.copies import Broken
from tests.faults.breaks.scripts import ADA, BEGINNING, BOB, Script, event, message
from tests.faults.checks.findings import Kind
from tests.faults.history import History

Write = Callable[[], History]
_WRITTEN: list[tuple[Kind, Write]] = []


def _wrong(kind: Kind) -> Callable[[Write], Write]:
    def note(write: Write) -> Write:
        _WRITTEN.append((kind, write))
        return write

    return note


def list_broken() -> Iterator[Broken]:
    """Return all of them."""
    for kind, write in _WRITTEN:
        yield Broken(write.__name__.replace("_", " "), kind, write())


@_wrong(Kind.LOST)
def an_acknowledged_message_is_not_there() -> History:
    script = Script()
    script.post("Ada/1", 3, "a")
    return script.end()


@_wrong(Kind.LOST)
def a_repetition_of_what_is_not_there_was_acknowledged() -> History:
    script = Script()
    op = script.say("Ada/1", "post_message", cmid="a", text="Hello")
    script.lose("Ada/1", op)
    op = script.say("Ada/1", "post_message", cmid="a", text="Hello")
    script.ok(op, seq=3, at=3, duplicate=True)
    return script.end()


@_wrong(Kind.LOST)
def the_second_of_two_edits_was_lost() -> History:
    script = Script()
    script.post("Ada/1", 3, "a")
    for seq, text in ((4, "One"), (5, "Two")):
        op = script.say("Ada/1", "edit_message", seq=3, text=text)
        script.ok(op, seq=seq)
    edited = event("edited", 4, ADA, target=3, text="One")
    return script.end(message(3, ADA, "a", "One", edited_at=4, changed=4), edited)


@_wrong(Kind.DUPLICATE)
def what_was_only_refused_is_called_a_repetition() -> History:
    script = Script()
    script.fail(script.say("Ada/1", "post_message", cmid="a", text="Hello"))
    op = script.say("Ada/1", "post_message", cmid="a", text="Hello")
    script.ok(op, seq=3, at=3, duplicate=True)
    return script.end(message(3, ADA, "a", "Hello"))


@_wrong(Kind.DUPLICATE)
def a_retry_made_a_second_message() -> History:
    script = Script()
    op = script.say("Ada/1", "post_message", cmid="a", text="Hello")
    script.lose("Ada/1", op)
    script.post("Ada/1", 4, "a")
    return script.end(message(3, ADA, "a", "Hello"), message(4, ADA, "a", "Hello"))


@_wrong(Kind.PHANTOM)
def an_edit_happened_more_often_than_it_was_tried() -> History:
    script = Script()
    script.post("Ada/1", 3, "a")
    op = script.say("Ada/1", "edit_message", seq=3, text="One")
    script.lose("Ada/1", op)
    edits = [event("edited", seq, ADA, target=3, text="One") for seq in (4, 5)]
    said = message(3, ADA, "a", "One", edited_at=5, changed=5)
    return script.end(said, *edits)


@_wrong(Kind.PHANTOM)
def a_message_was_told_and_taken_back_by_a_crash() -> History:
    script = Script()
    op = script.say("Ada/1", "post_message", cmid="a", text="Hello")
    script.told("Bob/1", *BEGINNING, message(3, ADA, "a", "Hello"))
    script.lose("Ada/1", op)
    return script.end()


@_wrong(Kind.PHANTOM)
def somebody_came_in_without_a_wish() -> History:
    script = Script()
    script.greet("Eve/1")
    return script.end(event("joined", 3, "e3"))


@_wrong(Kind.DIVERGED)
def what_was_recovered_says_something_else() -> History:
    script = Script()
    op = script.say("Ada/1", "post_message", cmid="a", text="Hello")
    script.lose("Ada/1", op)
    return script.end(message(3, ADA, "a", "Good-bye"))


@_wrong(Kind.DIVERGED)
def a_newcomer_read_what_had_been_deleted() -> History:
    script = Script()
    script.post("Ada/1", 3, "a")
    script.ok(script.say("Ada/1", "delete_message", seq=3), seq=4)
    gone = event("deleted", 4, ADA, target=3)
    script.opened("Bob/1", head=4)
    script.told("Bob/1", *BEGINNING, message(3, ADA, "a", "Hello"), gone)
    return script.end(message(3, ADA, "a", None, deleted=True, changed=4), gone)


@_wrong(Kind.SENDER_ORDER)
def two_without_answer_stand_in_the_other_order() -> History:
    script = Script()
    ops = [
        script.say("Ada/1", "post_message", cmid=cmid, text="Hello") for cmid in "ab"
    ]
    script.lose("Ada/1", *ops)
    return script.end(message(3, ADA, "b", "Hello"), message(4, ADA, "a", "Hello"))


@_wrong(Kind.SENDER_ORDER)
def a_repeated_one_stands_behind_what_was_said_after_it() -> History:
    script = Script()
    ops = [
        script.say("Ada/1", "post_message", cmid=cmid, text="Hello") for cmid in "ab"
    ]
    script.lose("Ada/1", *ops)
    for cmid, seq in (("a", 4), ("b", 3)):
        op = script.say("Ada/1", "post_message", cmid=cmid, text="Hello")
        script.ok(op, seq=seq, at=seq, duplicate=True)
    return script.end(message(3, ADA, "b", "Hello"), message(4, ADA, "a", "Hello"))


@_wrong(Kind.REAL_TIME)
def one_without_answer_stands_before_what_was_acknowledged_earlier() -> History:
    script = Script()
    script.post("Ada/1", 4, "a")
    op = script.say("Bob/1", "post_message", cmid="b", text="Hello")
    script.lose("Bob/1", op)
    return script.end(message(3, BOB, "b", "Hello"), message(4, ADA, "a", "Hello"))


@_wrong(Kind.REAL_TIME)
def one_stands_before_a_head_that_had_been_told() -> History:
    script = Script()
    hello = message(3, ADA, "a", "Hello")
    script.post("Ada/1", 3, "a")
    again = script.say("Ada/1", "post_message", cmid="c", text="Hello")
    script.look("Bob/1", 5, *BEGINNING, hello, *_two(4))
    script.post("Bob/1", 4, "b")
    script.ok(again, seq=5, at=5, duplicate=False)
    return script.end(hello, *_two(4))


def _two(seq: int) -> tuple[dict[str, object], dict[str, object]]:
    return message(seq, BOB, "b", "Hello"), message(seq + 1, ADA, "c", "Hello")


@_wrong(Kind.NON_MEMBER)
def somebody_read_a_page_after_leaving() -> History:
    script = Script()
    script.ok(script.say("Bob/1", "leave_room"))
    left = event("left", 3, BOB)
    script.look("Bob/1", 3, *BEGINNING, left)
    return script.end(left)


@_wrong(Kind.NON_MEMBER)
def an_opening_outlived_a_leaving_and_a_coming_back() -> History:
    script = Script()
    script.told("Bob/1", *BEGINNING)
    script.greet("Bob/2")
    script.ok(script.say("Bob/2", "leave_room"))
    join = script.say("Bob/2", "join_room", key="key")
    script.ok(join, room={"id": "r1"}, head=4, reset=False, **{"from": 1})
    events = event("left", 3, BOB), event("joined", 4, BOB)
    script.told("Bob/1", *events)
    return script.end(*events)


@_wrong(Kind.NON_MEMBER)
def an_opening_began_before_coming_in() -> History:
    script = Script()
    script.opened("Bob/1", head=1)
    return script.end()


@_wrong(Kind.NON_MEMBER)
def a_stranger_was_told_of_the_room() -> History:
    script = Script()
    script.greet("Eve/1")
    script.told("Eve/1", *BEGINNING)
    return script.end()


@_wrong(Kind.OWN_WRITES)
def an_opening_lacks_what_the_same_person_wrote_elsewhere() -> History:
    script = Script()
    script.greet("Ada/2")
    script.post("Ada/1", 3, "a")
    op = script.say("Ada/2", "open_room")
    script.ok(op, room={"id": "r1"}, head=2, reset=False, **{"from": 1})
    script.opened("Ada/2", head=2)
    return script.end(message(3, ADA, "a", "Hello"))
