"""Breaks between what was acknowledged and what is in the log."""

from tests.faults.breaks.copies import Copy, breaks
from tests.faults.checks.findings import Kind

PLANTED = "what nobody said"


# Lost


@breaks(Kind.LOST)
def the_tail_of_the_log_is_gone_with_an_acknowledged_message(copy: Copy) -> None:
    said = copy.one_of(copy.said("post_message"))
    copy.cut(said.fields["room"], said.result["seq"] - 1)


@breaks(Kind.LOST)
def an_acknowledged_message_is_another_event(copy: Copy) -> None:
    said = copy.one_of(copy.fresh())
    by = copy.final(said.fields["room"], said.result["seq"])["by"]
    event = {"kind": "topic", "by": by, "topic": ""}
    copy.replace(said.fields["room"], said.result["seq"], event)


@breaks(Kind.LOST)
def an_acknowledged_message_has_another_text(copy: Copy) -> None:
    said = copy.one_of(copy.fresh())
    copy.final(said.fields["room"], said.result["seq"])["text"] = PLANTED


@breaks(Kind.LOST)
def an_acknowledged_message_has_another_author(copy: Copy) -> None:
    said = copy.one_of(copy.fresh())
    event = copy.final(said.fields["room"], said.result["seq"])
    copy.replace(said.fields["room"], event["seq"], event | {"by": "d4"})


@breaks(Kind.LOST)
def an_acknowledged_message_has_another_cmid(copy: Copy) -> None:
    said = copy.one_of(copy.fresh())
    event = copy.final(said.fields["room"], said.result["seq"])
    copy.replace(said.fields["room"], event["seq"], event | {"cmid": "other"})


@breaks(Kind.LOST)
def a_message_was_acknowledged_elsewhere(copy: Copy) -> None:
    said = copy.one_of(copy.said("post_message"))
    said.result["seq"] += copy.one_of((-1, 1, 5))


@breaks(Kind.LOST)
def a_message_was_acknowledged_at_another_time(copy: Copy) -> None:
    copy.one_of(copy.said("post_message")).result["at"] += 1


@breaks(Kind.LOST)
def an_acknowledged_edit_says_something_else(copy: Copy) -> None:
    said = copy.one_of(copy.said("edit_message"))
    event = copy.final(said.fields["room"], said.result["seq"])
    said.fields["text"] = PLANTED
    event["text"] = copy.final(said.fields["room"], said.fields["seq"])["text"] or "x"


@breaks(Kind.LOST)
def an_acknowledged_edit_was_of_another_message(copy: Copy) -> None:
    said = copy.one_of(copy.said("edit_message"))
    copy.final(said.fields["room"], said.result["seq"])["target"] += 1


@breaks(Kind.LOST)
def an_acknowledged_deletion_is_another_event(copy: Copy) -> None:
    said = copy.one_of(copy.said("delete_message"))
    event = {"kind": "topic", "by": "a1", "topic": ""}
    copy.replace(said.fields["room"], said.result["seq"], event)


@breaks(Kind.LOST)
def an_acknowledged_reaction_is_the_opposite(copy: Copy) -> None:
    reacts = [said for said in copy.said("react") if said.result["seq"]]
    said = copy.one_of(reacts)
    event = copy.final(said.fields["room"], said.result["seq"])
    event["on"] = not event["on"]


@breaks(Kind.LOST)
def a_reaction_was_there_already_and_never_was(copy: Copy) -> None:
    said = copy.one_of(said for said in copy.said("react") if said.fields["on"])
    said.fields["emoji"] = "\N{FIRE}"
    said.result["seq"] = None


@breaks(Kind.LOST)
def an_acknowledged_topic_is_somebody_elses(copy: Copy) -> None:
    said = copy.one_of(copy.said("set_topic"))
    event = copy.final(said.fields["room"], said.result["seq"])
    copy.replace(said.fields["room"], event["seq"], event | {"by": "d4"})


# Duplicate


@breaks(Kind.DUPLICATE)
def a_message_stands_twice_in_the_log(copy: Copy) -> None:
    seen = copy.one_of(copy.logged("message"))
    copy.append(seen.record["room"], dict(seen.event))


@breaks(Kind.DUPLICATE)
def a_retry_was_acknowledged_at_another_place(copy: Copy) -> None:
    said = copy.one_of(s for s in copy.said("post_message") if s.result["duplicate"])
    acks = [r for r in copy.attempts(said) if r["what"] == "ok"]
    copy.one_of(acks[1:])["result"]["seq"] += 1


@breaks(Kind.DUPLICATE)
def a_retry_was_acknowledged_as_new(copy: Copy) -> None:
    said = copy.one_of(s for s in copy.said("post_message") if s.result["duplicate"])
    acks = [r for r in copy.attempts(said) if r["what"] == "ok"]
    copy.one_of(acks[1:])
    for ack in acks:
        ack["result"]["duplicate"] = False


@breaks(Kind.DUPLICATE)
def what_was_said_once_is_called_a_repetition(copy: Copy) -> None:
    once = [
        said
        for said in copy.said("post_message")
        if not any(r["what"] == "unknown" for r in copy.attempts(said))
        and sum(r["what"] == "ok" for r in copy.attempts(said)) == 1
    ]
    copy.one_of(once).result["duplicate"] = True


@breaks(Kind.DUPLICATE)
def a_reaction_is_given_twice(copy: Copy) -> None:
    seen = copy.one_of(copy.logged("reacted"))
    room = seen.record["room"]
    event = dict(seen.event)
    copy.append(room, event)
    copy.final(room, event["target"])["changed"] = event["seq"]


# Phantom


@breaks(Kind.PHANTOM)
def nobody_said_what_is_in_the_log(copy: Copy) -> None:
    said = copy.one_of(copy.said("post_message"))
    gone = copy.attempts(said)
    copy.records[:] = [r for r in copy.records if not any(r is g for g in gone)]


@breaks(Kind.PHANTOM)
def a_message_is_in_the_log_that_only_another_person_said(copy: Copy) -> None:
    said = copy.one_of(copy.fresh())
    event = copy.final(said.fields["room"], said.result["seq"])
    others = [person for person in ("a1", "b2", "e3") if person != event["by"]]
    changed = event | {"by": copy.one_of(others)}
    copy.replace(said.fields["room"], event["seq"], changed)


@breaks(Kind.PHANTOM)
def a_refused_message_is_in_the_log(copy: Copy) -> None:
    said = copy.one_of(copy.said("post_message"))
    for record in copy.attempts(said):
        if record["what"] in {"ok", "unknown"}:
            record["what"], record["code"] = "fail", "unavailable"


@breaks(Kind.PHANTOM)
def a_refused_change_is_in_the_log(copy: Copy) -> None:
    types = ("edit_message", "set_topic", "react")
    said = copy.one_of(s for s in copy.said(*types) if s.result["seq"])
    said.answer["what"], said.answer["code"] = "fail", "internal"
    copy.records[:] = [r for r in copy.records if r["what"] != "unknown"]
    ended = {r["op"] for r in copy.of("ok", "fail")}
    copy.records[:] = [
        r for r in copy.records if r["what"] != "invoke" or r["op"] in ended
    ]


@breaks(Kind.PHANTOM)
def an_edit_is_in_the_log_that_nobody_made(copy: Copy) -> None:
    seen = copy.one_of(s for s in copy.logged("message") if s.event["text"])
    event = {"kind": "edited", "by": seen.event["by"], "target": seen.seq}
    copy.append(seen.record["room"], event | {"text": PLANTED})


@breaks(Kind.PHANTOM)
def an_edit_was_made_twice(copy: Copy) -> None:
    said = copy.one_of(copy.said("edit_message"))
    event = dict(copy.final(said.fields["room"], said.result["seq"]))
    copy.append(said.fields["room"], event)


@breaks(Kind.PHANTOM)
def somebody_left_who_did_not_wish_to(copy: Copy) -> None:
    room = copy.one_of(copy.logs())
    by = copy.one_of(e["by"] for e in copy.logs()[room]["events"])
    copy.append(room, {"kind": "left", "by": by})
    leaves = {
        r["op"]
        for r in copy.of("invoke")
        if r["command"]["type"] == "leave_room" and r["command"]["room"] == room
    }
    copy.records[:] = [r for r in copy.records if r.get("op") not in leaves]


@breaks(Kind.PHANTOM)
def the_log_ends_before_what_was_delivered(copy: Copy) -> None:
    seen = copy.one_of(copy.views("delivered"))
    copy.cut(seen.record["room"], seen.seq - 1)


@breaks(Kind.PHANTOM)
def what_was_told_is_not_on_the_disk(copy: Copy) -> None:
    log = copy.one_of(copy.of("log"))
    log["raw"].pop()


@breaks(Kind.PHANTOM)
def the_disk_knows_another_author(copy: Copy) -> None:
    copy.one_of(copy.one_of(copy.of("log"))["raw"])["by"] = "d4"


@breaks(Kind.PHANTOM)
def somebody_saw_another_cmid(copy: Copy) -> None:
    _spoil_view(copy, "message", cmid="other")


@breaks(Kind.PHANTOM)
def somebody_saw_another_target(copy: Copy) -> None:
    _spoil_view(copy, "edited", target=1)


@breaks(Kind.PHANTOM)
def somebody_saw_another_emoji(copy: Copy) -> None:
    _spoil_view(copy, "reacted", emoji="\N{FIRE}")


@breaks(Kind.PHANTOM)
def a_page_tells_of_a_head_that_never_was(copy: Copy) -> None:
    page = copy.one_of(copy.of("page"))
    page["head"] = len(copy.logs()[page["room"]]["events"]) + 1


@breaks(Kind.PHANTOM)
def an_opening_tells_of_a_head_that_never_was(copy: Copy) -> None:
    opened = copy.one_of(copy.of("opened"))
    opened["head"] = len(copy.logs()[opened["room"]]["events"]) + 1


@breaks(Kind.PHANTOM)
def a_message_was_seen_before_it_was_said(copy: Copy) -> None:
    said = copy.one_of(copy.said("post_message"))
    room, seq = said.fields["room"], said.result["seq"]
    views = [s for s in copy.views() if s.record["room"] == room and s.seq == seq]
    first = copy.one_of(views[:1]).record["t"]
    for later, record in enumerate(copy.attempts(said), 1):
        record["t"] = max(record["t"], first + later / 1e9)


def _spoil_view(copy: Copy, kind: str, **fields: object) -> None:
    seen = copy.one_of(s for s in copy.views() if s.event["kind"] == kind)
    seen.event |= fields
