"""Bugs in deciding and keeping: what is told too early, twice, or out of order."""

from tests.faults.planted.bug import Bug, Change

DISPATCH = "handlers/dispatch.py"
MESSAGES = "handlers/messages.py"
ROOMS = "handlers/rooms.py"
RULES = "domain/messages.py"
LOG = "store/log.py"
TRANSACTION = "store/transaction.py"
STORED_ROOMS = "store/rooms.py"
OUTBOX = "gateway/outbox.py"

_UNDO_NOTHING = Change(
    TRANSACTION,
    "                self.check()\n            self._undo_attempt()\n",
    "                self.check()\n            self._marked = False\n",
)

_SEEN = (
    "    if seen is not None:\n"
    "        return _posted_before(call, membership, seen, text)\n"
)
_ANOTHER = (
    "        another = f'{cmid}+{call.head(room).seq}'\n"
    "        digest, seen = messages.digest_cmid(person, another), None\n"
)

TELLING = [
    Bug(
        "reply-before-commit",
        (
            Change(
                DISPATCH,
                '            failpoints.reach("after-decide")\n',
                "            self._tell(decided)\n",
            ),
            Change(
                DISPATCH,
                "        else:\n            self._tell(decided)\n",
                "",
            ),
        ),
        "kills on a slow disk",
        "lost|phantom|not answered.*out_of_order",
    ),
    Bug(
        "fan-out-before-commit",
        (
            Change(
                DISPATCH,
                '            failpoints.reach("after-decide")\n',
                "            self._publish(_gather(decided))\n",
            ),
            Change(
                DISPATCH,
                "        self._publish([item for item in news "
                "if not isinstance(item, EndedNews)])\n",
                "",
            ),
        ),
        "commits that fail",
        "phantom|gap",
    ),
    Bug(
        "head-raised-before-commit",
        (
            Change(
                STORED_ROOMS,
                "transaction.keep(_PUT_HEAD, _head_row)\n",
                "transaction.keep(_PUT_HEAD, _head_row)\n"
                "        self._heads.known = _HEADS\n",
            ),
            Change(
                STORED_ROOMS,
                "class Rooms:\n",
                "_HEADS: dict[RoomId, Head | None] = {}\n\n\nclass Rooms:\n",
            ),
        ),
        "commits that fail",
        "gap",
    ),
    Bug(
        "refused-and-done",
        (
            _UNDO_NOTHING,
            Change(
                ROOMS,
                "    if not may_name(membership.role):\n",
                "    call.append(membership, Titled(name or ''))\n"
                "    if not may_name(membership.role):\n",
            ),
        ),
        "calm talk",
        "phantom|gap|order",
    ),
]

ONCE = [
    Bug(
        "dedupe-never",
        (
            Change(MESSAGES, _SEEN, "    again = seen is not None\n"),
            Change(
                MESSAGES,
                "call.append(membership, message, cmid=digest)",
                "call.append(membership, message, cmid=None if again else digest)",
            ),
        ),
        "calm talk",
        "duplicate",
    ),
    Bug(
        "dedupe-forgets-at-restart",
        (
            Change(
                MESSAGES,
                _SEEN,
                "    before = _HEADS.setdefault(room, call.head(room).seq)\n"
                "    if seen is not None and seen <= before:\n" + _ANOTHER + _SEEN,
            ),
            Change(
                MESSAGES,
                "def post_message(",
                "_HEADS: dict[int, int] = {}\n\n\ndef post_message(",
            ),
        ),
        "kills on a slow disk",
        "duplicate",
    ),
    Bug(
        "dedupe-forgets-after-a-while",
        (
            Change(
                MESSAGES,
                _SEEN,
                "    if seen is not None and seen < call.head(room).seq - 20:\n"
                + _ANOTHER
                + _SEEN,
            ),
        ),
        "calm talk",
        "duplicate|lost",
    ),
    Bug(
        "cmids-of-all-people-are-one",
        (Change(RULES, 'f"{person}:{cmid}"', 'f"{cmid}"'),),
        "calm talk",
        "lost|to be behind|phantom",
    ),
    Bug(
        "another-text-is-taken-for-the-first",
        (Change(MESSAGES, "            raise CmidConflict\n", "            pass\n"),),
        "the same id for other words",
        "DID NOT RAISE",
    ),
    Bug(
        "a-retry-is-told-another-place",
        (
            Change(
                MESSAGES,
                "return Posted(entry.seq, entry.at, duplicate=True)",
                "return Posted(call.head(membership.room).seq, entry.at, "
                "duplicate=True)",
            ),
        ),
        "calm talk",
        "lost|duplicate",
    ),
]

ORDERS = [
    Bug(
        "a-batch-is-decided-backwards",
        (
            Change(
                DISPATCH,
                "            for asked in batch:\n                decided.append(",
                "            for asked in reversed(batch):\n"
                "                decided.append(",
            ),
        ),
        "calm talk",
        "sender order",
    ),
    Bug(
        "behind-is-not-looked-at",
        (Change(MESSAGES, "            raise OutOfOrder\n", "            pass\n"),),
        "rates that bite",
        "sender order",
    ),
    Bug(
        "the-clock-jumps-and-the-log-with-it",
        (
            Change("clock.py", "// 1_000_000)", "// 1_000_000 - _jump())"),
            Change(
                "clock.py",
                "class SystemClock:\n",
                "def _jump() -> int:\n"
                "    return 3_600_000 * (time.monotonic_ns() // 50_000_000 % 3)\n\n\n"
                "class SystemClock:\n",
            ),
            Change(LOG, "at=max(now, head.at)", "at=now"),
        ),
        "calm talk",
        "order",
    ),
    Bug(
        "somebody-is-left-out",
        (
            Change(
                OUTBOX,
                "        for opening in self.openings:\n",
                "        for opening in self.openings[1:]:\n",
            ),
        ),
        "calm talk",
        "gap|not caught up",
    ),
]
