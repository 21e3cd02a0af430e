"""A data directory with millions of messages, as the product would have written them.

Rooms and people follow Zipf's law: the largest room holds a seventh of ten million, and
most are small. Some messages were edited, reacted to or deleted. Who may read is in
`Filled`: each room's founder, and somebody who is in the hundred largest rooms.
"""

import json
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from bench.corpus import find_corpus, read_texts
from bench.figures import say
from chinwag.domain import messages
from chinwag.domain.events import (
    Body,
    Deleted,
    Edited,
    Joined,
    Message,
    Reacted,
    encode_body,
)
from chinwag.domain.model import Membership, Role
from chinwag.handlers.call import digest_token
from chinwag.ids import Millis, PersonId, RoomId, Seq, make_id, to_text
from chinwag.jobs.indexing import MOST_ROOMS
from chinwag.store.driver import sqlite
from chinwag.store.files import DATABASE
from chinwag.store.search_file import can_search
from chinwag.store.search_index import SearchIndex
from chinwag.store.sqlite import SqliteStore

SINCE = Millis(1_700_000_000_000)
SPAN = Millis(100 * 86_400 * 1_000)
"""So long all rooms are talked in, each evenly."""
MEMBERS = 50
BLOCK = 200
BATCH = 50_000
EDITED, REACTED, DELETED = 90, 40, 500
"""One event in so many is such a change."""
WELL_READ = 100
"""Rooms that the reader is in."""
EVENTS = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)"
BY_CMID = "events_by_cmid"
TELLING = "filled.json"
Row = list[Any]


@dataclass(frozen=True)
class Filled:
    """What is there, and how to come in.

    Attributes:
        messages: How many messages there are.
        rooms: The rooms' ids outside, the largest first.
        heads: How long their logs are.
        founders: The token of each room's founder.
        reader: The token of somebody who is in the largest rooms.
    """

    messages: int
    rooms: list[str]
    heads: list[int]
    founders: list[str]
    reader: str


def fill(data: Path, count: int, *, seed: int = 1) -> Filled:
    """Make a data directory with so many messages.

    Raises:
        FileExistsError: There is something in it.
    """
    if data.exists() and any(data.iterdir()):
        raise FileExistsError(f"{data} is not empty")
    data.mkdir(parents=True, exist_ok=True)
    epoch = f"filled-{seed}"
    store = SqliteStore(data, new_epoch=lambda: epoch)
    store.close()
    with closing(sqlite.connect(data / DATABASE, isolation_level=None)) as database:
        filled = _Filling(database, count, seed).run()
    if can_search():
        _index(data, epoch)
    told = json.dumps(asdict(filled))
    (data / TELLING).write_text(told, encoding="utf-8")
    return filled


def _index(data: Path, epoch: str) -> None:
    """Make the search index, so that no server makes it while it is measured."""
    with closing(SearchIndex(data, epoch)) as index:
        behind = index.list_behind()
        say(f"  indexing {len(behind):,} rooms, {time.strftime('%H:%M:%S')}")
        while behind:
            some = set(islice(behind, MOST_ROOMS))
            behind = behind - some | index.update(some)
        while index.tidy():
            pass


def read_filled(data: Path) -> Filled | None:
    """Return what is there, or None where nothing was filled to the end."""
    path = data / TELLING
    if not path.exists():
        return None
    return Filled(**json.loads(path.read_text(encoding="utf-8")))


def _zipf(total: int, parts: int) -> list[int]:
    weights = [1 / place for place in range(1, parts + 1)]
    return [max(1, round(total * each / sum(weights))) for each in weights]


class _Chance:
    """Chance that is the same every time."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice

    def token(self) -> str:
        """Return a secret."""
        return self._dice.randbytes(32).hex()

    def number(self, bits: int) -> int:
        """Return an integer of at most `bits` bits."""
        return self._dice.getrandbits(bits)


class _Filling:
    def __init__(self, database: Any, count: int, seed: int) -> None:  # noqa: ANN401 - the driver's
        self._database = database
        self._dice = random.Random(seed)  # noqa: S311 - the same rooms every time
        self._texts = _read_texts(self._dice)
        rooms = min(1_000, max(2, count // 5_000))
        self._sizes = _zipf(count, rooms)
        # As the product makes them, since they are a part of every row.
        made = [
            make_id(Millis(SINCE + n), _Chance(self._dice))
            for n in range(rooms + max(100, rooms * 10))
        ]
        self._rooms = [RoomId(number) for number in made[:rooms]]
        self._people = [PersonId(number) for number in made[rooms:]]
        self._done = 0
        self._filled = Filled(sum(self._sizes), [], [], [], "reader")

    def run(self) -> Filled:
        """Write it all down."""
        run = self._database.execute
        for name, value in (("synchronous", "OFF"), ("cache_size", -262_144)):
            run(f"PRAGMA {name} = {value}")
        (index,) = run("SELECT sql FROM sqlite_master WHERE name = ?", (BY_CMID,))
        run(f"DROP INDEX {BY_CMID}")
        run("BEGIN")
        self._put_people()
        for place, size in enumerate(self._sizes):
            self._put_room(place, size)
        run("COMMIT")
        say("  the index of what was sent")
        run(index[0])
        run("PRAGMA wal_checkpoint(TRUNCATE)")
        run("PRAGMA synchronous = FULL")
        return self._filled

    def _put_people(self) -> None:
        named = enumerate(self._people, 1)
        rows = [(person, f"Person {n}", 1, 1, SINCE) for n, person in named]
        self._many("people", rows)
        self._put_session(self._filled.reader, self._people[0])

    def _put_session(self, token: str, person: PersonId) -> None:
        self._many("sessions", [(digest_token(token), person, SINCE)])

    def _put_room(self, place: int, size: int) -> None:
        room, founder = self._rooms[place], self._people[place * 10 + 1]
        others = self._dice.sample(self._people[2:], MEMBERS)
        reader = [self._people[0]] if place < WELL_READ else []
        people = list(dict.fromkeys([founder, *reader, *others]))[:MEMBERS]
        people = people[: max(2, min(len(people), size))]
        log = _Log(room, people, self._dice, self._texts, apart=max(1, SPAN // size))
        rows: list[Row] = []
        for block in log.write(size):
            rows += block
            if len(rows) >= BATCH:
                self._put_events(rows)
                rows = []
        self._put_events(rows)
        self._put_rest(log, f"Room {place + 1}")
        token = f"founder-{place}"
        self._put_session(token, founder)
        self._filled.rooms.append(to_text(room))
        self._filled.heads.append(log.head)
        self._filled.founders.append(token)

    def _put_rest(self, log: "_Log", name: str) -> None:
        room, head, said = log.room, log.head, log.said
        self._many("rooms", [(room, name, "", "link", None, SINCE)])
        last = log.tell_time(head)
        self._many("heads", [(room, head, last, said, len(log.people))])
        roles = [Role.OWNER, *[Role.MEMBER] * (len(log.people) - 1)]
        members = zip(log.people, roles, strict=True)
        rows = [(room, person, role.value, head, said) for person, role in members]
        self._many("memberships", rows)
        self._many("edits", log.edits)
        self._many("reactions", log.reactions)

    def _put_events(self, rows: Sequence[Row]) -> None:
        self._database.executemany(EVENTS, rows)
        self._done += len(rows)
        if self._done // 1_000_000 != (self._done - len(rows)) // 1_000_000:
            say(f"  {self._done:,} events, {time.strftime('%X')}")

    def _many(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            holes = ", ".join("?" * len(rows[0]))
            self._database.executemany(f"INSERT INTO {table} VALUES ({holes})", rows)  # noqa: S608 - our own names


class _Log:
    """One room's log, written from its first event on."""

    def __init__(
        self,
        room: RoomId,
        people: list[PersonId],
        dice: random.Random,
        texts: list[str],
        *,
        apart: int,
    ) -> None:
        self.room = room
        self._apart = apart
        self.people = people
        self.head = self.said = 0
        self.edits: list[tuple[Any, ...]] = []
        self.reactions: list[tuple[Any, ...]] = []
        self._dice = dice
        self._texts = texts
        self._weights = list(accumulate(1 / n for n in range(1, len(people) + 1)))
        self._block: list[Row] = []
        # What may still change in this block: messages by their place in it.
        self._fresh: list[tuple[int, Message, PersonId]] = []

    def write(self, size: int) -> Iterator[list[Row]]:
        """Write until so many messages are there; yield some events at a time."""
        for person in self.people:
            self._put(person, Joined())
        while self.said < size:
            authors = self._dice.choices(
                self.people, cum_weights=self._weights, k=min(BLOCK, size - self.said)
            )
            for author in authors:
                self._say(author)
                self._maybe_change()
            yield self._block
            self._block, self._fresh = [], []

    def tell_time(self, seq: int) -> Millis:
        """Return when an event is: all are equally far apart."""
        return Millis(SINCE + seq * self._apart)

    def _put(self, by: PersonId, body: Body, cmid: bytes | None = None) -> int:
        """Append an event; return its `seq`."""
        self.head += 1
        at = self.tell_time(self.head)
        row = [self.room, self.head, at, by, body.kind, None, self.said, cmid]
        self._block.append([*row, encode_body(body)])
        return self.head

    def _say(self, author: PersonId) -> None:
        self.said += 1
        cmid = f"c{self.said}"
        text = self._texts[(self.said * 7_919 + self.room) % len(self._texts)]
        message = Message(cmid=cmid, text=text)
        self._fresh.append((len(self._block), message, author))
        self._put(author, message, messages.digest_cmid(author, cmid))

    def _maybe_change(self) -> None:
        if self.head % DELETED == 0:
            place, message, by = self._take_fresh()
            self._put(by, Deleted(Seq(self._block[place][1])))
            who = self._member(by)
            seq = Seq(self.head)
            self._fold(place, messages.delete(message, author=by, deleter=who, seq=seq))
        elif self.head % EDITED == 0:
            self._edit(*self._take_fresh())
        elif self.head % REACTED == 0:
            self._react(*self._take_fresh())

    def _take_fresh(self) -> tuple[int, Message, PersonId]:
        return self._fresh.pop(self._dice.randrange(len(self._fresh)))

    def _edit(self, place: int, message: Message, by: PersonId) -> None:
        target, text = Seq(self._block[place][1]), f"{message.text} (mended)"
        seq = Seq(self._put(by, Edited(target, text)))
        self.edits.append(
            (self.room, target, seq, messages.digest_text(message.text or ""))
        )
        at = Millis(self._block[-1][2])
        after = messages.edit(
            message, author=by, editor=self._member(by), text=text, seq=seq, at=at
        )
        self._fold(place, after)

    def _react(self, place: int, message: Message, _: PersonId) -> None:
        who, target = self._dice.choice(self.people), Seq(self._block[place][1])
        seq = Seq(self._put(who, Reacted(target, "👍", on=True)))
        self.reactions.append((self.room, target, "👍", who, seq))
        self._fold(place, messages.fold_reactions(message, [("👍", 1, [who])], seq=seq))

    def _member(self, person: PersonId) -> Membership:
        return Membership(self.room, person, "", Role.MEMBER)

    def _fold(self, place: int, message: Message) -> None:
        self._block[place][5] = message.changed
        self._block[place][-1] = encode_body(message)


def _read_texts(dice: random.Random) -> list[str]:
    """Return real sentences where the corpus is, else made ones of Zipf's words."""
    path = find_corpus()
    if path is not None:
        return read_texts(path)
    say("SKIPPED: the corpus is not there; texts are made up")
    letters = "etaoinshrdlu"
    words = ["".join(dice.choices(letters, k=dice.randint(2, 9))) for _ in range(5_000)]
    weights = list(accumulate(1 / n for n in range(1, len(words) + 1)))
    return [
        " ".join(dice.choices(words, cum_weights=weights, k=dice.randint(1, 25)))
        for _ in range(50_000)
    ]
