"""Random talk in one room, for properties that hold whatever people do."""

from hypothesis import strategies as st

from chinwag.protocol.commands import (
    AnyCommand,
    AskMe,
    DeleteMessage,
    EditMessage,
    JoinRoom,
    LeaveRoom,
    MarkRead,
    OpenRoom,
    PostMessage,
    React,
    RenameMe,
    RenameRoom,
    SetTopic,
    ShowLink,
    StartRoom,
)

Said = tuple[int, AnyCommand]
"""Which of the people says it, and what."""

PEOPLE = 3
MOST_SAID = 24
_EMOJI = st.sampled_from(["\U0001f44d", "\u2764\ufe0f", "\U0001f375", "word"])
_TEXT = st.sampled_from(
    ["One", "Two", " One ", "Ca\u0301fe\u0301", "", "x\x07", "\r\nThree"]
)
_CMID = st.sampled_from(["a", "b", "c", "d", "e", ""])
_NAME = st.sampled_from(["Ada", "Zo\u00eb", "", "a\u200bb", "x" * 41])


def commands(room: str, key: str) -> st.SearchStrategy[AnyCommand]:
    """Return any command about the room, sensible or not."""
    rooms = st.sampled_from([room] * 9 + ["nowhere"])
    seqs = st.integers(1, 14)
    one = st.just(1)
    return st.one_of(
        st.builds(
            PostMessage,
            id=one,
            room=rooms,
            cmid=_CMID,
            text=_TEXT,
            reply_to=st.none() | seqs,
            behind=st.none() | _CMID,
        ),
        st.builds(PostMessage, id=one, room=rooms, cmid=_CMID, text=_TEXT),
        st.builds(EditMessage, id=one, room=rooms, seq=seqs, text=_TEXT),
        st.builds(DeleteMessage, id=one, room=rooms, seq=seqs),
        st.builds(React, id=one, room=rooms, seq=seqs, emoji=_EMOJI, on=st.booleans()),
        st.builds(
            React, id=one, room=rooms, seq=st.just(4), emoji=_EMOJI, on=st.booleans()
        ),
        st.builds(MarkRead, id=one, room=rooms, seq=seqs, unread=st.booleans()),
        st.builds(JoinRoom, id=one, key=st.sampled_from([key, "nothing"])),
        st.builds(LeaveRoom, id=one, room=rooms),
        st.builds(OpenRoom, id=one, room=rooms, after=st.none() | seqs),
        st.builds(RenameMe, id=one, name=_NAME),
        st.builds(RenameRoom, id=one, room=rooms, name=_NAME),
        st.builds(SetTopic, id=one, room=rooms, topic=_NAME),
        st.builds(ShowLink, id=one, room=rooms, replace=st.booleans()),
        st.builds(StartRoom, id=one, name=_NAME, cmid=st.none() | _CMID),
        st.builds(AskMe, id=one),
    )


def talks(room: str, key: str) -> st.SearchStrategy[list[Said]]:
    """Return lists of who says what."""
    said = st.tuples(st.integers(0, PEOPLE - 1), commands(room, key))
    return st.lists(said, min_size=2, max_size=MOST_SAID)
