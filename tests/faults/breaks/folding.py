"""Breaks in what edits, deletions and reactions have made of a message."""

from tests.faults.breaks.copies import Copy, Seen, breaks
from tests.faults.checks.findings import Kind
from tests.faults.history import Record

PLANTED = "what nobody said"
FIRE = "\N{FIRE}"


@breaks(Kind.DIVERGED)
def somebody_saw_another_text(copy: Copy) -> None:
    seen = copy.one_of(s for s in copy.views() if s.event.get("text"))
    seen.event["text"] = PLANTED


@breaks(Kind.DIVERGED)
def a_page_has_the_text_before_an_edit(copy: Copy) -> None:
    page = copy.one_of(s for s in copy.views("page") if "edited_at" in s.event)
    _unfold(page.event)
    page.event["text"] = "text before"


@breaks(Kind.DIVERGED)
def a_page_has_not_folded_a_change(copy: Copy) -> None:
    _unfold(copy.one_of(_folded(copy, "page")).event)


@breaks(Kind.DIVERGED)
def an_opening_has_not_folded_a_change(copy: Copy) -> None:
    stretches = [
        (stretch, event)
        for stretch in copy.stretches()
        for batch in stretch.batches
        for event in batch["events"]
        if event.get("changed", 0) and event["seq"] <= stretch.opened["head"]
    ]
    stretch, event = copy.one_of(
        (s, e) for s, e in stretches if e["changed"] <= s.opened["head"]
    )
    del stretch
    _unfold(event)


@breaks(Kind.DIVERGED)
def a_message_is_said_to_be_changed_by_nothing(copy: Copy) -> None:
    seen = copy.one_of(s for s in copy.views() if s.event["kind"] == "message")
    seen.event["changed"] = seen.seq


@breaks(Kind.DIVERGED)
def a_page_tells_of_a_change_beyond_its_head(copy: Copy) -> None:
    seen = copy.one_of(_folded(copy, "page"))
    seen.record["head"] = seen.event["changed"] - 1


@breaks(Kind.DIVERGED)
def a_message_was_edited_at_another_time(copy: Copy) -> None:
    copy.one_of(s for s in copy.views() if "edited_at" in s.event).event[
        "edited_at"
    ] += 1


@breaks(Kind.DIVERGED)
def an_edit_was_told_with_another_text(copy: Copy) -> None:
    edits = [s for s in copy.views() if s.event["kind"] == "edited" and s.event["text"]]
    copy.one_of(edits).event["text"] = PLANTED


@breaks(Kind.DIVERGED)
def an_edit_lost_its_text_though_its_message_stands(copy: Copy) -> None:
    edits = [
        s
        for s in copy.views()
        if s.event["kind"] == "edited"
        and copy.final(s.record["room"], s.event["target"])["text"]
    ]
    copy.one_of(edits).event["text"] = None


@breaks(Kind.DIVERGED)
def a_page_shows_a_deleted_text(copy: Copy) -> None:
    seen = copy.one_of(s for s in copy.views("page") if s.event.get("deleted"))
    seen.event["text"] = PLANTED


@breaks(Kind.DIVERGED)
def a_page_shows_a_deleted_message_as_it_was(copy: Copy) -> None:
    seen = copy.one_of(s for s in copy.views("page") if s.event.get("deleted"))
    _unfold(seen.event)
    said = [s for s in copy.said("post_message") if s.result["seq"] == seen.seq]
    here = [s for s in said if s.fields["room"] == seen.record["room"]]
    seen.event["text"] = copy.one_of(here).fields["text"].strip()
    del seen.event["deleted"]


@breaks(Kind.DIVERGED)
def an_edit_shows_what_had_been_deleted(copy: Copy) -> None:
    reads = [(p.opened, p.opened["events"]) for p in copy.pages()]
    reads += [(s.opened, b["events"]) for s in copy.stretches() for b in s.batches]
    gone = {
        (s.record["room"], s.event["target"]): s.seq for s in copy.logged("deleted")
    }
    said = {
        (s.fields["room"], s.result["seq"]): s.fields["text"]
        for s in copy.said("edit_message")
    }
    edits = [
        (event, said[read["room"], event["seq"]])
        for read, events in reads
        for event in events
        if event["kind"] == "edited"
        and (read["room"], event["seq"]) in said
        and gone.get((read["room"], event["target"]), read["head"]) < read["head"]
        and event["seq"] <= read["head"]
    ]
    event, text = copy.one_of(edits)
    event["text"] = text


@breaks(Kind.DIVERGED)
def the_log_keeps_a_deleted_text(copy: Copy) -> None:
    seen = copy.one_of(s for s in copy.logged("message") if s.event.get("deleted"))
    seen.event["text"] = PLANTED


@breaks(Kind.DIVERGED)
def the_log_keeps_the_edit_of_a_deleted_message(copy: Copy) -> None:
    edits = copy.logged("edited")
    copy.one_of(s for s in edits if s.event["text"] is None).event["text"] = PLANTED


@breaks(Kind.DIVERGED)
def the_log_keeps_the_reactions_of_a_deleted_message(copy: Copy) -> None:
    seen = copy.one_of(s for s in copy.logged("message") if s.event.get("deleted"))
    seen.event["reactions"] = [{"emoji": FIRE, "n": 1, "people": ["a1"]}]


@breaks(Kind.DIVERGED)
def a_deleted_message_was_edited_again(copy: Copy) -> None:
    deleted = copy.one_of(copy.logged("deleted"))
    room, target = deleted.record["room"], deleted.event["target"]
    event = {"kind": "edited", "by": "a1", "target": target, "text": None}
    copy.append(room, event)
    copy.final(room, target)["changed"] = event["seq"]


@breaks(Kind.DIVERGED)
def the_log_has_forgotten_an_edit(copy: Copy) -> None:
    seen = copy.one_of(s for s in copy.logged("message") if "edited_at" in s.event)
    seen.event["text"] = "text before"


@breaks(Kind.DIVERGED)
def the_log_has_not_folded_its_changes(copy: Copy) -> None:
    seen = copy.one_of(s for s in copy.logged("message") if "changed" in s.event)
    _unfold(seen.event)


@breaks(Kind.DIVERGED)
def a_reaction_is_counted_twice(copy: Copy) -> None:
    copy.one_of(_reactions(copy))["n"] += 1


@breaks(Kind.DIVERGED)
def a_reaction_is_missing(copy: Copy) -> None:
    seen = copy.one_of(s for s in copy.views() if "reactions" in s.event)
    seen.event["reactions"].pop()


@breaks(Kind.DIVERGED)
def a_reaction_is_somebody_elses(copy: Copy) -> None:
    copy.one_of(_reactions(copy))["people"][0] = "d4"


@breaks(Kind.DIVERGED)
def a_reaction_is_another(copy: Copy) -> None:
    copy.one_of(_reactions(copy))["emoji"] = FIRE


@breaks(Kind.DIVERGED)
def a_live_message_came_with_a_reaction_that_nobody_gave(copy: Copy) -> None:
    plain = [
        s
        for s in copy.views("delivered")
        if s.event["kind"] == "message" and "changed" not in s.event
    ]
    given = [{"emoji": FIRE, "n": 1, "people": ["a1"]}]
    copy.one_of(plain).event["reactions"] = given


def _folded(copy: Copy, what: str) -> list[Seen]:
    return [s for s in copy.views(what) if s.event.get("changed", 0)]


def _reactions(copy: Copy) -> list[Record]:
    return [r for s in copy.views() for r in s.event.get("reactions", [])]


def _unfold(event: Record) -> None:
    """Take away what changes have added, as if they had not been."""
    for name in ("changed", "edited_at", "reactions"):
        event.pop(name, None)
