"""Breaks in what people were told: gaps, ways back, and what was not for them."""

from tests.faults.breaks.copies import Copy, Stretch, breaks
from tests.faults.checks.findings import Kind
from tests.faults.history import Record

# Gap


@breaks(Kind.GAP)
def the_log_has_a_hole(copy: Copy) -> None:
    log = copy.one_of(copy.of("log"))
    place = copy.one_of(range(len(log["events"]) - 1))
    del log["events"][place]
    del log["raw"][place]


@breaks(Kind.GAP)
def the_log_was_not_read_to_its_end(copy: Copy) -> None:
    log = copy.one_of(copy.of("log"))
    log["events"].pop()


@breaks(Kind.GAP)
def the_disk_has_a_hole(copy: Copy) -> None:
    log = copy.one_of(copy.of("log"))
    del log["raw"][copy.one_of(range(len(log["raw"]) - 1))]


@breaks(Kind.GAP)
def a_batch_lacks_an_event(copy: Copy) -> None:
    batch = copy.one_of(r for r in copy.of("delivered") if len(r["events"]) > 2)
    del batch["events"][copy.one_of(range(1, len(batch["events"]) - 1))]


@breaks(Kind.GAP)
def a_batch_was_dropped(copy: Copy) -> None:
    batch = copy.one_of(b for s in copy.stretches() for b in s.batches[:-1])
    _remove(copy, batch)


@breaks(Kind.GAP)
def two_batches_changed_places(copy: Copy) -> None:
    batches = copy.one_of(s.batches for s in copy.stretches() if len(s.batches) > 1)
    place = copy.one_of(range(len(batches) - 1))
    one, other = batches[place], batches[place + 1]
    for name in ("from", "events"):
        one[name], other[name] = other[name], one[name]


@breaks(Kind.GAP)
def a_batch_says_that_it_begins_elsewhere(copy: Copy) -> None:
    copy.one_of(copy.of("delivered"))["from"] += copy.one_of((-1, 1))


@breaks(Kind.GAP)
def an_opening_begins_too_late(copy: Copy) -> None:
    copy.one_of(copy.of("opened"))["from"] += 1


@breaks(Kind.GAP)
def an_opening_begins_with_too_few(copy: Copy) -> None:
    fresh = [s for s in copy.stretches() if s.opened["from"] == 1 and s.batches]
    stretch = copy.one_of(s for s in fresh if s.batches[0]["events"][1:])
    stretch.opened["from"] = stretch.batches[0]["from"] = 2
    del stretch.batches[0]["events"][0]


@breaks(Kind.GAP)
def events_came_after_the_socket_was_lost(copy: Copy) -> None:
    lost = copy.one_of(r for r in copy.of("lost") if _last_batch(copy, r))
    batch = _last_batch(copy, lost)
    assert batch is not None
    events = [
        event | {"seq": batch["events"][-1]["seq"] + 1}
        for event in batch["events"][-1:]
    ]
    more = batch | {"from": events[0]["seq"], "events": events, "t": lost["t"] + 1e-9}
    copy.records.insert(copy.records.index(lost) + 1, more)


@breaks(Kind.GAP)
def events_came_after_the_room_was_closed(copy: Copy) -> None:
    said = copy.one_of(copy.said("close_room"))
    room, device = said.fields["room"], said.invoke["device"]
    event = dict(copy.final(room, 1))
    batch = {"t": said.answer["t"] + 1e-9, "device": device, "what": "delivered"}
    batch |= {"room": room, "from": 1, "events": [event]}
    copy.records.insert(copy.records.index(said.answer) + 1, batch)


@breaks(Kind.GAP)
def a_page_lacks_an_event(copy: Copy) -> None:
    page = copy.one_of(r for r in copy.of("page") if len(r["events"]) > 2)
    del page["events"][copy.one_of(range(1, len(page["events"]) - 1))]


@breaks(Kind.GAP)
def a_page_begins_too_late(copy: Copy) -> None:
    pages = [p for p in copy.pages() if len(p.opened["events"]) > 1]
    page = copy.one_of(p for p in pages if "after" in p.invoke["command"])
    del page.opened["events"][0]


@breaks(Kind.GAP)
def a_page_ends_too_early(copy: Copy) -> None:
    pages = [p for p in copy.pages() if len(p.opened["events"]) > 1]
    page = copy.one_of(
        p
        for p in pages
        if p.invoke["command"].keys().isdisjoint({"after", "around"})
        and p.opened["events"][-1]["seq"] <= copy.told_before(p.invoke | _room(p))
    )
    del page.opened["events"][-1]


@breaks(Kind.GAP)
def a_page_is_not_around_what_was_asked_for(copy: Copy) -> None:
    pages = [p for p in copy.pages() if "around" in p.invoke["command"]]
    page = copy.one_of(
        p
        for p in pages
        if 0 < p.invoke["command"]["around"] <= copy.told_before(p.invoke | _room(p))
    )
    around, events = page.invoke["command"]["around"], page.opened["events"]
    page.opened["events"] = [e for e in events if e["seq"] < around]


@breaks(Kind.GAP)
def a_page_is_empty_that_should_not_be(copy: Copy) -> None:
    page = copy.one_of(
        p
        for p in copy.pages()
        if p.opened["events"]
        and p.opened["events"][-1]["seq"] <= copy.told_before(p.invoke | _room(p))
    )
    page.opened["events"] = []


# Cursor going back


@breaks(Kind.CURSOR)
def a_batch_came_twice(copy: Copy) -> None:
    batch = copy.one_of(copy.of("delivered"))
    again = batch | {"t": batch["t"] + 1e-9}
    copy.records.insert(copy.records.index(batch) + 1, again)


@breaks(Kind.CURSOR)
def an_opening_tells_again_what_is_held(copy: Copy) -> None:
    stretch = copy.one_of(s for s in _resumed(copy) if s.batches)
    after = stretch.opened["after"]
    stretch.opened["from"] = stretch.batches[0]["from"] = after
    held = dict(copy.final(stretch.opened["room"], after))
    stretch.batches[0]["events"].insert(0, held)


@breaks(Kind.CURSOR)
def an_opening_begins_with_what_is_held(copy: Copy) -> None:
    stretch = copy.one_of(_resumed(copy))
    stretch.opened["from"] = stretch.opened["after"]


@breaks(Kind.CURSOR)
def an_opening_knows_less_than_was_told_before(copy: Copy) -> None:
    stretch = copy.one_of(
        s for s in copy.stretches() if copy.told_before(s.invoke | _room(s)) > 1
    )
    stretch.opened["head"] = copy.told_before(stretch.invoke | _room(stretch)) - 1


@breaks(Kind.CURSOR)
def a_page_is_older_than_what_was_told(copy: Copy) -> None:
    page = copy.one_of(r for r in copy.of("page") if copy.told_before(r) > 1)
    page["head"] = copy.told_before(page) - 1
    page["events"] = [e for e in page["events"] if e["seq"] <= page["head"]]


# Read your writes


@breaks(Kind.OWN_WRITES)
def a_page_is_older_than_what_its_reader_wrote(copy: Copy) -> None:
    page = copy.one_of(p for p in copy.pages() if copy.own_before(p))
    head = page.opened["head"] = max(copy.own_before(page)) - 1
    page.opened["events"] = [e for e in page.opened["events"] if e["seq"] <= head]


@breaks(Kind.OWN_WRITES)
def a_page_lacks_what_its_reader_wrote(copy: Copy) -> None:
    page = copy.one_of(p for p in copy.pages() if _own_inside(copy, p))
    gone = copy.one_of(_own_inside(copy, page))
    page.opened["events"] = [e for e in page.opened["events"] if e["seq"] != gone]


@breaks(Kind.OWN_WRITES)
def an_opening_is_older_than_what_its_reader_wrote(copy: Copy) -> None:
    stretch = copy.one_of(s for s in copy.stretches() if copy.own_before(s))
    stretch.opened["head"] = max(copy.own_before(stretch)) - 1


@breaks(Kind.OWN_WRITES)
def a_page_is_older_than_what_its_socket_had_just_said(copy: Copy) -> None:
    page = copy.one_of(p for p in copy.pages() if _just_said(copy, p))
    page.opened["head"] = max(_just_said(copy, page)) - 1
    page.opened["events"] = []


# Seen by a non-member


@breaks(Kind.NON_MEMBER)
def a_reader_never_came_in(copy: Copy) -> None:
    read = copy.one_of(copy.of("opened", "page"))
    person = copy.person_of(read["device"])
    for event in list(copy.logs()[read["room"]]["events"]):
        if event["by"] == person and event["kind"] == "joined":
            copy.replace(read["room"], event["seq"], event | {"by": "d4"})


@breaks(Kind.NON_MEMBER)
def a_device_is_a_strangers(copy: Copy) -> None:
    devices = {r["device"] for r in copy.of("delivered")}
    device = copy.one_of(sorted(devices))
    for record in copy.of("person"):
        if record["device"] == device:
            record["id"] = "d4"


@breaks(Kind.NON_MEMBER)
def who_left_was_told_one_event_more(copy: Copy) -> None:
    ends = [
        stretch.batches[-1]
        for stretch in copy.stretches()
        if stretch.batches and _was_seen_out(copy, stretch)
    ]
    batch = copy.one_of(ends)
    seq = batch["events"][-1]["seq"] + 1
    batch["events"].append(dict(copy.final(batch["room"], seq)))


@breaks(Kind.NON_MEMBER)
def who_left_went_on_reading(copy: Copy) -> None:
    reads = copy.of("page", "opened")
    record = copy.one_of(r for r in reads if r["head"] > 6)
    person = copy.person_of(record["device"])
    before = copy.logs()[record["room"]]["events"][: record["head"]]
    joined = max(e["seq"] for e in before if (e["kind"], e["by"]) == ("joined", person))
    seq = copy.one_of(range(joined + 1, record["head"] + 1))
    copy.replace(record["room"], seq, {"kind": "left", "by": person})


@breaks(Kind.NON_MEMBER)
def a_page_was_read_before_coming_in(copy: Copy) -> None:
    page = copy.one_of(p for p in copy.pages() if p.opened["head"] > 2)
    person = copy.person_of(page.invoke["device"])
    log = copy.logs()[page.opened["room"]]["events"]
    first = next(e["seq"] for e in log if (e["kind"], e["by"]) == ("joined", person))
    _need(copy, first > 1)
    page.opened["head"] = first - 1
    page.opened["events"] = [e for e in page.opened["events"] if e["seq"] < first]


# Reset, and nobody looked


@breaks(Kind.RESET)
def an_opening_forgets_to_reset(copy: Copy) -> None:
    copy.one_of(r for r in copy.of("opened") if r["reset"])["reset"] = False


@breaks(Kind.RESET)
def an_opening_resets_without_need(copy: Copy) -> None:
    copy.one_of(_resumed(copy)).opened["reset"] = True


@breaks(Kind.RESET)
def an_opening_goes_on_from_another_time(copy: Copy) -> None:
    stretch = copy.one_of(s for s in _resumed(copy) if s.opened["after"])
    stretch.invoke["command"]["at"] = -1


@breaks(Kind.RESET)
def an_opening_goes_on_from_too_far_away(copy: Copy) -> None:
    stretch = copy.one_of(
        s for s in _resumed(copy) if s.opened["head"] > s.opened["after"]
    )
    stretch.invoke["command"]["most"] = 0


@breaks(Kind.RESET)
def an_opening_goes_on_from_beyond_the_end(copy: Copy) -> None:
    opened = copy.one_of(_resumed(copy)).opened
    opened["after"] = opened["head"] + 1
    opened["from"] = opened["head"] + 2


@breaks(Kind.UNLOGGED)
def nobody_read_the_log(copy: Copy) -> None:
    _remove(copy, copy.one_of(copy.of("log")))


def _remove(copy: Copy, gone: Record) -> None:
    copy.records[:] = [record for record in copy.records if record is not gone]


def _need(copy: Copy, it: bool) -> None:  # noqa: FBT001 - it is what is needed
    copy.one_of([it] if it else [])


def _resumed(copy: Copy) -> list[Stretch]:
    return [
        stretch
        for stretch in copy.stretches()
        if stretch.opened["after"] is not None and not stretch.opened["reset"]
    ]


def _room(stretch: Stretch) -> Record:
    return {"room": stretch.opened["room"]}


def _last_batch(copy: Copy, lost: Record) -> Record | None:
    """Return what a device was told last before it lost its socket, and no log end."""
    batches = [
        r
        for r in copy.of("delivered")
        if r["device"] == lost["device"]
        and r["t"] < lost["t"]
        and r["events"][-1]["kind"] != "left"
    ]
    return batches[-1] if batches else None


def _was_seen_out(copy: Copy, stretch: Stretch) -> bool:
    """Whether it ends with its reader's leaving, and the log goes on."""
    last = stretch.batches[-1]["events"][-1]
    mine = last["by"] == copy.person_of(stretch.opened["device"])
    log = copy.logs()[stretch.opened["room"]]["events"]
    later = stretch.opened["head"] < last["seq"] < len(log)
    return later and mine and last["kind"] == "left"


def _own_inside(copy: Copy, page: Stretch) -> list[int]:
    """Return the asker's own in the midst of a page."""
    places = [event["seq"] for event in page.opened["events"]][1:-1]
    return [seq for seq in copy.own_before(page) if seq in places]


def _just_said(copy: Copy, page: Stretch) -> list[int]:
    """Return where stands what the same socket said before, and after no other."""
    device, room = page.invoke["device"], page.opened["room"]
    lost = [r["t"] for r in copy.of("lost") if r["device"] == device]
    begun = max((t for t in lost if t < page.invoke["t"]), default=0.0)
    return [
        said.result["seq"]
        for said in copy.said("post_message")
        if said.invoke["device"] == device
        and said.fields["room"] == room
        and begun < said.invoke["t"] < page.invoke["t"] < said.answer["t"]
        and not said.result["duplicate"]
    ]
