"""Bugs in telling: gaps, too much for who has left, changes that are not folded in."""

from tests.faults.planted.bug import Bug, Change

DISPATCH = "handlers/dispatch.py"
MESSAGES = "handlers/messages.py"
OPENING = "handlers/opening.py"
RULES = "domain/messages.py"
LOG = "store/log.py"
MEMORY = "store/memory.py"
HUB = "gateway/hub.py"
CONNECTION = "gateway/connection.py"
LIVE_ROOM = "gateway/live_room.py"

CATCHING_UP = [
    Bug(
        "cursor-beyond-told",
        (
            Change(
                LIVE_ROOM,
                "last = Seq(min(self.told, behind.cursor + MOST_EVENTS))",
                "last = Seq(behind.cursor + MOST_EVENTS)",
            ),
            Change(
                LIVE_ROOM,
                "        if cursor == self.told:\n            return []\n",
                "        if cursor >= self.told:\n            return []\n",
            ),
            Change(
                "store/work.py",
                "        self._handle.commit()\n",
                # The loop hears of it late.
                "        import time\n\n"
                "        self._handle.commit()\n        time.sleep(0.004)\n",
            ),
        ),
        "coming and going",
        "gap|cursor",
    ),
    Bug(
        "read-then-subscribe",
        (
            Change(
                LIVE_ROOM,
                "        behind.cursor = page.last\n",
                "        behind.cursor = self.told\n",
            ),
            Change(
                LIVE_ROOM,
                "        first = Seq(behind.cursor + 1)\n"
                "        last = Seq(min(self.told, behind.cursor + MOST_EVENTS))\n",
                "        first = Seq(behind.cursor + 1)\n        last = self.told\n",
            ),
        ),
        "coming and going",
        "gap|not caught up",
    ),
    Bug(
        "resuming-skips-one",
        (Change(OPENING, "Seq(command.after + 1)", "Seq(command.after + 2)"),),
        "coming and going",
        # Where it skips the last there is, no gap is left to be seen.
        "gap|not caught up",
    ),
    Bug(
        "too-far-behind-and-not-reset",
        (
            Change(
                OPENING,
                "    if after > head.seq or head.seq - after > command.most:\n",
                "    if after > head.seq:\n",
            ),
        ),
        "coming and going",
        "reset",
    ),
    Bug(
        "what-is-kept-is-told-though-something-is-missing",
        (
            Change(
                LIVE_ROOM,
                "        if not missing or missing[-1].first != cursor + 1:\n",
                "        if not missing:\n",
            ),
        ),
        "coming and going",
        "gap",
    ),
    Bug(
        "an-old-snapshot-is-read-again",
        (
            Change(
                "store/readers.py",
                "            handle.begin()\n            try:\n"
                "                return get_page(handle, ask)\n"
                "            finally:\n                handle.rollback()\n",
                "            import time\n"
                "            if time.monotonic() > getattr(self._own, 'due', 0):\n"
                "                self._own.due = time.monotonic() + 0.3\n"
                "                handle.rollback()\n"
                "                handle.begin()\n"
                "            return get_page(handle, ask)\n",
            ),
        ),
        "calm talk",
        "read your writes|gap|cursor|not caught up|TimeoutError",
    ),
]

# The other two ways in which whoever leaves is shut out.
_LEAVING_CLOSES_NOTHING = (
    Change(HUB, "            room.drop(news.person)\n", "            pass\n"),
    Change(
        CONNECTION,
        "            case Closed() | Departed():\n",
        "            case Closed():\n",
    ),
)
ACCESS = [
    Bug(
        "who-is-in-is-remembered-for-ever",
        (
            Change(MEMORY, "        self._rows.pop(key, None)\n", "        pass\n"),
            Change(
                MEMORY,
                "            rows.pop(key, None)\n            if row is not None:\n",
                "            if row is not None:\n",
            ),
        ),
        "access taken away",
        "let_leave|seen by a non-member",
    ),
    Bug(
        "whoever-left-is-told-on",
        (
            Change(
                LIVE_ROOM,
                "        if events.ends is not None:\n"
                "            self.drop(events.ends)\n",
                "",
            ),
            *_LEAVING_CLOSES_NOTHING,
        ),
        "access taken away",
        "seen by a non-member",
    ),
    Bug(
        "one-frame-across-a-leave",
        (
            Change(
                LIVE_ROOM,
                "            self.drop(events.ends)\n",
                "            import asyncio\n"
                "            later = asyncio.get_running_loop().call_later\n"
                "            later(0.02, self.drop, events.ends)\n",
            ),
            *_LEAVING_CLOSES_NOTHING,
        ),
        "access taken away",
        "seen by a non-member",
    ),
    Bug(
        "a-session-that-ended-keeps-its-sockets",
        (
            Change(
                HUB,
                "            outbox.hang(Close.SESSION_ENDED)\n",
                "            pass\n",
            ),
        ),
        "access taken away",
        "TimeoutError",
    ),
    Bug(
        "a-session-that-ended-is-let-in-again",
        (
            Change(
                DISPATCH,
                "    person = call.work.people.delete_session(digest)\n",
                "    known = call.work.people.get_person_by_token(digest)\n"
                "    person = known and known.id\n",
            ),
        ),
        "access taken away",
        "DID NOT RAISE",
    ),
    Bug(
        "a-link-that-was-replaced-lets-people-in",
        (Change("domain/access.py", "    if link.ended:\n", "    if False:\n"),),
        "access taken away",
        "DID NOT RAISE",
    ),
]

CHANGES = [
    Bug(
        "reactions-are-counted-twice",
        (
            Change(
                "store/reactions.py",
                "        func.count().over(partition_by=_emoji)",
                "        (func.count().over(partition_by=_emoji) + 1)",
            ),
        ),
        "calm talk",
        "diverged",
    ),
    Bug(
        "a-reaction-taken-back-stays",
        (
            Change(
                MESSAGES,
                "        reactions.delete_reaction(room, target.seq, emoji, person)\n",
                "        pass\n",
            ),
        ),
        "calm talk",
        "diverged",
    ),
    Bug(
        "edits-outlive-their-message",
        (
            Change(
                MESSAGES,
                "encode_body(Edited(target.seq, None))",
                "encode_body(Edited(target.seq, 'What I said'))",
            ),
        ),
        "second thoughts",
        "diverged|phantom",
    ),
    Bug(
        "deleted-is-only-a-word",
        (
            Change(
                RULES,
                "        text=None,\n        reply_to=message.reply_to,\n",
                "        text=message.text,\n        reply_to=message.reply_to,\n",
            ),
        ),
        "calm talk",
        "diverged",
    ),
    Bug(
        "an-edit-is-not-kept",
        (
            Change(
                RULES,
                "replace(message, text=text, edited_at=at, changed=seq)",
                "replace(message, edited_at=at, changed=seq)",
            ),
        ),
        "calm talk",
        "diverged",
    ),
]

LATER = [
    Bug(
        "a-restored-copy-with-the-old-epoch",
        (
            Change(
                "store/backup.py",
                "            connection.execute(update(meta).where(here)"
                ".values(value=epoch))\n",
                "            connection.execute(update(meta).where(here)"
                ".values(key='epoch'))\n",
            ),
        ),
        "a restored backup",
        "the epoch is the old one",
    ),
    Bug(
        "marks-are-not-written",
        (
            Change(
                DISPATCH,
                "    call.work.members.put_reads(reads)\n    call.after_commit.append",
                "    call.after_commit.append",
            ),
        ),
        "marks after a kill",
        "read",
    ),
    Bug(
        "unread-counts-the-changes-too",
        (
            Change(
                LOG,
                "said = 1 if kind == Message.kind else 0",
                "said = 1",
            ),
        ),
        "marks after a kill",
        "unread",
    ),
]
