"""What is said: posting, editing, deleting, reacting, and reading it again."""

from chinwag.domain import messages
from chinwag.domain.access import may_write
from chinwag.domain.events import (
    Deleted,
    Edited,
    Entry,
    Message,
    Reacted,
    decode_message,
    encode_body,
)
from chinwag.domain.model import Membership
from chinwag.domain.news import ReadNews, TypingNews
from chinwag.domain.texts import clean_cmid, clean_emoji, clean_text
from chinwag.errors import (
    BadRequest,
    CmidConflict,
    Forbidden,
    NotFound,
    OutOfOrder,
    TooLarge,
)
from chinwag.handlers.call import Call
from chinwag.ids import Seq
from chinwag.protocol.commands import (
    DeleteMessage,
    EditMessage,
    MarkRead,
    PostMessage,
    React,
    SetTyping,
)
from chinwag.protocol.results import (
    Changed,
    Done,
    Posted,
    ReactionSet,
)

MOST_EDITS = 200
"""Edits of one message: deleting it empties them all in one go."""


def post_message(call: Call, command: PostMessage) -> Posted:
    """Put a message into the log, once for each `cmid`."""
    text = clean_text(command.text)
    cmid = clean_cmid(command.cmid)
    membership = call.membership(command.room)
    room, person = membership.room, membership.person
    digest = messages.digest_cmid(person, cmid)
    seen = call.work.log.get_seen(room, digest)
    if seen is not None:
        return _posted_before(call, membership, seen, text)
    call.take_message()
    if command.behind is not None:
        before = messages.digest_cmid(person, command.behind)
        if call.work.log.get_seen(room, before) is None:
            raise OutOfOrder
    reply_to = None
    if command.reply_to is not None:
        reply_to = _target(call, membership, command.reply_to, "reply_to").seq
    message = messages.compose(membership, cmid, text, reply_to=reply_to)
    entry = call.append(membership, message, cmid=digest)
    return Posted(entry.seq, entry.at, duplicate=False)


def _posted_before(call: Call, membership: Membership, seq: Seq, text: str) -> Posted:
    """Return the first reply again, or raise if it was another text."""
    entry = _target(call, membership, seq, "cmid")
    message = decode_message(entry.body)
    if not message.deleted:
        first = call.work.log.get_first_text(membership.room, seq)
        if first is None:
            first = messages.digest_text(message.text or "")
        if first != messages.digest_text(text):
            raise CmidConflict
    return Posted(entry.seq, entry.at, duplicate=True)


def _target(call: Call, membership: Membership, seq: int, field: str) -> Entry:
    """Return the message at `seq` in a room of the asker's, or raise."""
    entry = call.work.log.get_entry(membership.room, Seq(seq))
    if entry is None or entry.kind != Message.kind:
        raise NotFound(f"{field}: there is no message there.")
    return entry


def edit_message(call: Call, command: EditMessage) -> Changed:
    """Give the asker's own message another text."""
    text = clean_text(command.text)
    membership = call.membership(command.room)
    room = membership.room
    target = _target(call, membership, command.seq, "seq")
    call.take_message()
    before = decode_message(target.body)
    log = call.work.log
    if len(log.list_edits(room, target.seq)) >= MOST_EDITS:
        raise TooLarge("This message was edited too often. Write a new one.")
    head = call.head(room)
    seq = Seq(head.seq + 1)
    after = messages.edit(
        before,
        author=target.by,
        editor=membership,
        text=text,
        seq=seq,
        # As the event will tell it, which is never before the one below it.
        at=max(call.now, head.at),
    )
    first = log.get_first_text(room, target.seq)
    if first is None:
        first = messages.digest_text(before.text or "")
    call.append(membership, Edited(target.seq, text))
    log.put_edit(room, target.seq, seq, first)
    log.put_body(room, target.seq, encode_body(after), seq)
    return Changed(seq)


def delete_message(call: Call, command: DeleteMessage) -> Changed:
    """Empty a message, and every edit of it."""
    membership = call.membership(command.room)
    room = membership.room
    target = _target(call, membership, command.seq, "seq")
    call.take_message()
    before = decode_message(target.body)
    seq = Seq(call.head(room).seq + 1)
    after = messages.delete(before, author=target.by, deleter=membership, seq=seq)
    if before.deleted and before.changed is not None:
        return Changed(before.changed)
    call.append(membership, Deleted(target.seq))
    for edit in call.work.log.list_edits(room, target.seq):
        call.work.log.put_body(room, edit, encode_body(Edited(target.seq, None)), seq)
    call.work.reactions.delete_reactions(room, target.seq)
    call.work.log.put_body(room, target.seq, encode_body(after), seq)
    return Changed(seq)


def react(call: Call, command: React) -> ReactionSet:
    """Put an emoji under a message, or take the asker's own away."""
    emoji = clean_emoji(command.emoji)
    membership = call.membership(command.room)
    if not may_write(membership.role):
        raise Forbidden("You may read here, not react.")
    room, person = membership.room, membership.person
    target = _target(call, membership, command.seq, "seq")
    message = decode_message(target.body)
    if message.deleted:
        raise BadRequest("seq: this message is deleted.")
    reactions = call.work.reactions
    if reactions.has_reaction(room, target.seq, emoji, person) == command.on:
        return ReactionSet(None)
    call.take_message()
    known = {reaction.emoji for reaction in message.reactions}
    if command.on and emoji not in known and len(known) >= messages.MAX_REACTIONS:
        raise TooLarge(f"At most {messages.MAX_REACTIONS} different emoji a message.")
    entry = call.append(membership, Reacted(target.seq, emoji, command.on))
    if command.on:
        reactions.put_reaction(room, target.seq, emoji, person, entry.seq)
    else:
        reactions.delete_reaction(room, target.seq, emoji, person)
    counts = reactions.list_counts(room, target.seq, messages.SHOWN_PER_REACTION)
    folded = messages.fold_reactions(message, counts, seq=entry.seq)
    call.work.log.put_body(room, target.seq, encode_body(folded), entry.seq)
    return ReactionSet(entry.seq)


def mark_read(call: Call, command: MarkRead) -> Done:
    """Note how far the asker has read; back only on demand."""
    membership = call.membership(command.room)
    head = call.head(membership.room)
    seq = Seq(min(command.seq, head.seq))
    if seq == membership.read or (seq < membership.read and not command.unread):
        return Done()
    room, person = membership.room, membership.person
    counted = head.messages
    if seq < head.seq:
        counted = call.work.log.count_messages(room, seq)
    call.undo.append(call.house.marks.mark(room, person, seq, counted))
    call.news.append(ReadNews(person, room, seq, call.caller.device))
    return Done()


def set_typing(call: Call, command: SetTyping) -> Done:
    """Tell the room that the asker types, or no longer does."""
    membership = call.membership(command.room)
    if not may_write(membership.role):
        raise Forbidden("You may read here, not write.")
    call.news.append(
        TypingNews(membership.person, membership.name, membership.room, command.on)
    )
    return Done()
