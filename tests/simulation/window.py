"""What a page holds of a room's log, folded by the wire's rules.

It does what `web/src/state/log.ts` and `fold.ts` do: a window that grows at both ends.
"""

from typing import Any

Json = dict[str, Any]
CHANGES = frozenset({"edited", "deleted", "reacted", "pinned"})


class Window:
    """Events from `first` to `told`, changes folded into the messages."""

    def __init__(self, start: int) -> None:
        self.first = start
        self.told = start - 1
        self.told_at: int | None = None
        self.items: dict[int, Json] = {}

    def tell(self, events: list[Json]) -> None:
        """Take in what the socket told; what was told before is no news."""
        for event in events:
            seq = event["seq"]
            if seq <= self.told:
                continue
            self.told, self.told_at = seq, event["at"]
            if event["kind"] in CHANGES:
                self._change(event)
            else:
                self.items[seq] = event

    def prepend(self, events: list[Json]) -> None:
        """Take in a page of what stands before the window."""
        older = [event for event in events if event["seq"] < self.first]
        if older:
            self.first = older[0]["seq"]
        for event in older:
            if event["kind"] not in CHANGES:
                self.items[event["seq"]] = event

    def _change(self, event: Json) -> None:
        target = self.items.get(event["target"])
        if target is None or target["kind"] != "message":
            return
        if event["seq"] > target.get("changed", target["seq"]):
            self.items[event["target"]] = fold(target, event)


def fold(message: Json, event: Json) -> Json:
    """Return the message as it is after `event`, which aims at it and is newer."""
    after = message | {"changed": event["seq"]}
    kind = event["kind"]
    if kind == "edited" and not message.get("deleted"):
        after |= {"text": event["text"], "edited_at": event["at"]}
    elif kind == "deleted":
        after |= {"text": None, "deleted": True}
        after.pop("edited_at", None)
        after.pop("reactions", None)
    elif kind == "reacted":
        reactions = react(message.get("reactions", ()), event)
        after.pop("reactions", None)
        if reactions:
            after["reactions"] = reactions
    return after


def react(before: list[Json], event: Json) -> list[Json]:
    """Return the reactions after one was given or taken back."""
    emoji, by = event["emoji"], event["by"]
    after: list[Json] = []
    known = False
    for reaction in before:
        people = reaction["people"]
        if reaction["emoji"] == emoji:
            known = True
            people = [person for person in people if person != by]
            if event["on"]:
                people.append(by)
        if people:
            after.append(
                {"emoji": reaction["emoji"], "n": len(people), "people": people}
            )
    if event["on"] and not known:
        after.append({"emoji": emoji, "n": 1, "people": [by]})
    return after
