"""The simulated page folds as the real one does, and so may be trusted."""

from typing import Any

from tests.simulation.window import Window

Json = dict[str, Any]
MESSAGE: Json = {"seq": 1, "kind": "message", "at": 5, "by": "a", "text": "Tea?"}
PEOPLE = 3


def change(seq: int, kind: str, **facts: object) -> Json:
    return {"seq": seq, "kind": kind, "at": seq, "by": "b", "target": 1} | facts


def folded(*changes: Json) -> Json:
    window = Window(1)
    window.tell([MESSAGE])
    window.tell(list(changes))
    return window.items[1]


def test_an_edit_replaces_the_text_and_a_deletion_all() -> None:
    edited = change(2, "edited", text="Cake?")
    assert folded(edited) == MESSAGE | {"text": "Cake?", "edited_at": 2, "changed": 2}
    gone = MESSAGE | {"text": None, "deleted": True, "changed": 3}
    assert folded(edited, change(3, "deleted")) == gone


def test_reactions_come_and_go_in_their_order() -> None:
    tea, cake = (
        change(seq, "reacted", emoji=emoji, on=True)
        for seq, emoji in ((2, "t"), (3, "c"))
    )
    both = folded(tea, cake)["reactions"]
    assert [reaction["emoji"] for reaction in both] == ["t", "c"]
    off = change(4, "reacted", emoji="t", on=False)
    assert [r["emoji"] for r in folded(tea, cake, off)["reactions"]] == ["c"]


def test_what_was_told_or_folded_in_already_changes_nothing() -> None:
    window = Window(1)
    window.tell([MESSAGE | {"changed": 9, "text": "Newest"}])
    window.tell([change(2, "edited", text="Old")])
    assert window.items[1]["text"] == "Newest"
    window.tell([change(2, "edited", text="Again"), MESSAGE])
    assert window.items[1]["text"] == "Newest"
    assert window.told == 2


def test_an_older_page_is_put_before_what_is_held() -> None:
    window = Window(PEOPLE)
    window.tell([change(3, "edited", text="x"), MESSAGE | {"seq": 4}])
    window.prepend([MESSAGE, change(2, "edited", text="Cake?"), MESSAGE | {"seq": 4}])
    assert window.first == 1
    assert sorted(window.items) == [1, 4]
