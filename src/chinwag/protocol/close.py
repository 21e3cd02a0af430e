"""Why a socket is closed: the catalogue. Below 4500: come back; from 4500 on: don't."""

from enum import IntEnum


class Close(IntEnum):
    """A close code (RFC 6455, section 7.4.2: those from 4000 on are private)."""

    GOING_DOWN = 1012
    NOT_DRAINED = 4000
    NO_HEARTBEAT = 4001
    RESTARTING = 4002
    NOT_THIS_PROTOCOL = 4500
    SESSION_ENDED = 4501
    REMOVED = 4502
    TOO_MANY_BAD_REQUESTS = 4503


REASONS: dict[Close, str] = {
    Close.GOING_DOWN: "The server restarts.",
    Close.NOT_DRAINED: "Nothing was read for 60 seconds.",
    Close.NO_HEARTBEAT: "No sign of life.",
    Close.RESTARTING: "The server restarts.",
    Close.NOT_THIS_PROTOCOL: "No hello within 10 seconds.",
    Close.SESSION_ENDED: "This session has ended.",
    Close.REMOVED: "Removed from this server.",
    Close.TOO_MANY_BAD_REQUESTS: "Too many bad requests.",
}
