"""The file of the search index, beside the database and made from it.

Nothing stands in it that the database does not tell: one that is lost, broken, or of
another database is thrown away and made anew. A message's row is its place: the room's
number here, and its `seq` counted down; so rows of a room lie side by side, the newest
first: FTS5 goes forward through a long list a hundred times as fast as back.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    column,
    func,
    insert,
    select,
    table,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError

from chinwag.errors import Unavailable
from chinwag.ids import RoomId, Seq
from chinwag.store.driver import sqlite_version
from chinwag.store.engine import READER, connect, disconnect, open_engine
from chinwag.store.failures import translate

FILE = "search.db"
LAYOUT = "3"
_EPOCH, _LAYOUT = "epoch", "layout"
UNMERGED = "unmerged"
"""The fact how many events were taken up since the index was in one piece."""
_SEQ_BITS = 36
_LAST_SEQ = (1 << _SEQ_BITS) - 1
_CAN_FORGET_FROM = (3, 42, 0)
_PRAGMAS = {
    "journal_mode": "WAL",
    # What a power cut takes is read from the log again.
    "synchronous": "NORMAL",
    "secure_delete": "ON",
    "cache_size": "-1024",
    "temp_store": "MEMORY",
}

metadata = MetaData()
rooms = Table(
    "rooms",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("room", BigInteger, nullable=False, unique=True),
    Column("seq", BigInteger, nullable=False),
)
facts = Table(
    "facts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
_here = func.json_each(bindparam("of_rooms")).table_valued("value")
OF_ROOMS = select(type_coerce(_here.c.value, BigInteger))
"""The rooms of `of_rooms`, a JSON array of numbers; `to_rooms` makes it."""
_LIST_KNOWN = select(rooms.c.room, rooms.c.number, rooms.c.seq).where(
    rooms.c.room.in_(OF_ROOMS)
)
words = table("words", column("rowid", BigInteger), column("text"), column("author"))
_WORDS = DDL(
    # Starts of two to four letters are indexed too; longer ones begin few words.
    "CREATE VIRTUAL TABLE words USING fts5(text, author, prefix = '2 3 4',"
    " columnsize = 0, tokenize = 'unicode61 remove_diacritics 2')"
)
_SETTINGS = {
    # Words that are deleted leave the file.
    "secure-delete": 1,
    # What a step takes up becomes one part of the index, not several.
    "hashsize": 4 * 1024 * 1024,
}
COMMANDS = table("words", column("words"), column("rank"))
"""What FTS5 is told, as rows that go into its own table (FTS5, section 6)."""
_SET = insert(COMMANDS)


def can_search() -> bool:
    """Tell whether this SQLite can take deleted words out of the index for good."""
    return sqlite_version >= _CAN_FORGET_FROM


def to_row(number: int, seq: Seq) -> int:
    """Return the row of the message at `seq` in the room of this number."""
    return number << _SEQ_BITS | _LAST_SEQ - seq


def to_number(row: int) -> int:
    """Return the number of the room of a message by its row."""
    return row >> _SEQ_BITS


def to_seq(row: int) -> Seq:
    """Return the `seq` of a message by its row."""
    return Seq(_LAST_SEQ - (row & _LAST_SEQ))


def open_to_write(data: Path, epoch: str) -> Connection:
    """Open the index of this database, made anew if it is not one.

    Raises:
        DBAPIError: It can't be written.
    """
    kept = _open_ours(data, epoch)
    if kept is not None:
        return kept
    discard(data)
    connection = connect(data / FILE, _PRAGMAS, begin="BEGIN IMMEDIATE")
    try:
        with connection.begin():
            metadata.create_all(connection)
            connection.execute(_WORDS)
            for what, value in _SETTINGS.items():
                connection.execute(_SET, {"words": what, "rank": value})
            for key, value in ((_EPOCH, epoch), (_LAYOUT, LAYOUT), (UNMERGED, "0")):
                connection.execute(facts.insert(), {"key": key, "value": value})
    except BaseException:
        disconnect(connection)
        raise
    (data / FILE).chmod(0o600)
    return connection


def _open_ours(data: Path, epoch: str) -> Connection | None:
    """Open the index if it is one, and of this database."""
    connection: Connection | None = None
    try:
        connection = connect(data / FILE, _PRAGMAS, begin="BEGIN IMMEDIATE")
        with connection.begin():
            found = dict(connection.execute(select(facts.c.key, facts.c.value)).all())
            if (found.get(_EPOCH), found.get(_LAYOUT)) == (epoch, LAYOUT):
                return connection
    except DBAPIError as error:
        if isinstance(translate(error), Unavailable):
            if connection is not None:
                disconnect(connection)
            raise
        # Whatever it is, it is not the index.
    if connection is not None:
        disconnect(connection)
    return None


def open_to_read(data: Path, *, connections: int) -> Engine:
    """Return an engine for the index that somebody else writes."""
    return open_engine(data / FILE, READER, begin="BEGIN", connections=connections)


def discard(data: Path) -> None:
    """Remove the file with all that SQLite keeps beside it."""
    for beside in ("-wal", "-shm", "-journal", ""):
        (data / f"{FILE}{beside}").unlink(missing_ok=True)


class Known(msgspec.Struct, frozen=True):
    """What the index has of a room: its number here, and how far its log is in."""

    number: int
    seq: Seq


def to_rooms(mine: Iterable[RoomId]) -> dict[str, object]:
    """Return what `OF_ROOMS` takes."""
    return {"of_rooms": msgspec.json.encode(list(mine)).decode()}


def list_known(
    connection: Connection, of_rooms: Mapping[str, object]
) -> dict[RoomId, Known]:
    """Return what the index has of those of the rooms that it knows."""
    rows = connection.execute(_LIST_KNOWN, of_rooms)
    return {RoomId(room): Known(number, Seq(seq)) for room, number, seq in rows}


def list_cursors(connection: Connection) -> dict[RoomId, Seq]:
    """Return how far each room's log is in the index."""
    return dict(connection.execute(select(rooms.c.room, rooms.c.seq)).all())
