"""What may be done to messages, and what they look like afterwards."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

import msgspec

from chinwag.domain.access import may_moderate, may_write
from chinwag.domain.events import Message, Reaction
from chinwag.domain.model import Membership
from chinwag.errors import BadRequest, Forbidden
from chinwag.ids import Millis, PersonId, Seq, to_text

SHOWN_PER_REACTION = 50
"""How many people a reaction names."""
NAMED_PER_MESSAGE = 500
"""How many people all reactions of a message name, so that it fits into a frame."""
MAX_REACTIONS = 30
"""How many different emoji one message carries."""


@lru_cache(maxsize=4_096)
def digest_cmid(person: PersonId, cmid: str) -> bytes:
    """Return the 16 bytes under which a person's `cmid` is found again in a room."""
    return blake2b(f"{person}:{cmid}".encode(), digest_size=16).digest()


def digest_text(text: str) -> bytes:
    """Return 16 bytes that stand for the text first posted."""
    return blake2b(text.encode(), digest_size=16).digest()


def compose(
    author: Membership, cmid: str, text: str, *, reply_to: Seq | None
) -> Message:
    """Return the message that `author` may post, or raise why not."""
    if not may_write(author.role):
        raise Forbidden("You may read here, not write.")
    return Message(cmid=cmid, text=text, reply_to=reply_to)


def edit(
    message: Message,
    *,
    author: PersonId,
    editor: Membership,
    text: str,
    seq: Seq,
    at: Millis,
) -> Message:
    """Return the message with its new text, or raise why `editor` may not."""
    if editor.person != author or not may_write(editor.role):
        raise Forbidden("Only its author may edit a message.")
    if message.deleted:
        raise BadRequest("seq: this message is deleted.")
    return msgspec.structs.replace(message, text=text, edited_at=at, changed=seq)


def delete(
    message: Message, *, author: PersonId, deleter: Membership, seq: Seq
) -> Message:
    """Return what is left of the message, or raise why `deleter` may not."""
    own = deleter.person == author and may_write(deleter.role)
    if not own and not may_moderate(deleter.role):
        raise Forbidden("Only its author or a moderator may delete a message.")
    return Message(
        cmid=message.cmid,
        text=None,
        reply_to=message.reply_to,
        deleted=True,
        changed=seq,
    )


def fold_reactions(
    message: Message,
    counts: Iterable[tuple[str, int, Sequence[PersonId]]],
    *,
    seq: Seq,
) -> Message:
    """Return the message with its reactions as they are now.

    An emoji keeps its place among the others, and a new one goes to the end, as in
    a client that takes one change after the other.
    """
    now = {emoji: (n, people) for emoji, n, people in counts}
    places = dict.fromkeys(reaction.emoji for reaction in message.reactions)
    reactions: list[Reaction] = []
    unnamed = NAMED_PER_MESSAGE
    for emoji in places | now:
        if emoji in now:
            n, people = now[emoji]
            named = tuple(map(to_text, people[:unnamed]))
            unnamed -= len(named)
            reactions.append(Reaction(emoji=emoji, n=n, people=named))
    return msgspec.structs.replace(message, reactions=tuple(reactions), changed=seq)
