"""Everything that can be refused, and every way in which a start can fail.

A `Refusal` is an answer: its class carries the wire's code and the HTTP status.
Handlers raise; only the edges translate. Anything else that is raised is a bug.
"""

from typing import ClassVar, Self


class Refusal(Exception):
    """A command that changed nothing, and why, in a sentence for people."""

    code: ClassVar[str]
    status: ClassVar[int]
    sentence: ClassVar[str]

    def __init__(
        self, message: str | None = None, *, retry_after: float | None = None
    ) -> None:
        self.message = message or self.sentence
        self.retry_after = retry_after
        super().__init__(self.message)

    def bare(self) -> Self:
        """Return it as an answer, which knows nothing of where it was raised.

        Otherwise it would keep what was at hand there, itself included.
        """
        self.__context__ = self.__cause__ = None
        return self.with_traceback(None)


class BadRequest(Refusal):
    """The command is not well formed."""

    code, status = "bad_request", 400
    sentence = "This request is not well formed."


class Unauthorized(Refusal):
    """Nobody known speaks."""

    code, status = "unauthorized", 401
    sentence = "Say who you are first."


class Forbidden(Refusal):
    """You see it and may not do this."""

    code, status = "forbidden", 403
    sentence = "You may not do this here."


class NotFound(Refusal):
    """It does not exist, or not for you."""

    code, status = "not_found", 404
    sentence = "There is no such thing here."


class CmidConflict(Refusal):
    """The same `cmid` came with another text."""

    code, status = "cmid_conflict", 409
    sentence = "This message was already sent with another text."


class OutOfOrder(Refusal):
    """The message that this one follows is not in the log."""

    code, status = "out_of_order", 409
    sentence = "The message before this one has not arrived yet."


class Frozen(Refusal):
    """The room takes no more messages."""

    code, status = "frozen", 409
    sentence = "This room is frozen: it can be read, not written."


class Gone(Refusal):
    """The link expired, ended or was used up."""

    code, status = "gone", 410
    sentence = "This link no longer works. Ask for a new one."


class TooLarge(Refusal):
    """More than the limit."""

    code, status = "too_large", 413
    sentence = "This is too long."


class RateLimited(Refusal):
    """Too much in too short a time."""

    code, status = "rate_limited", 429
    sentence = "That was too fast. Wait a moment."


class SlowMode(Refusal):
    """The room asks for a pause between messages."""

    code, status = "slow_mode", 429
    sentence = "This room asks for a pause between messages."


class Unavailable(Refusal):
    """The disk is full, or the database is away."""

    code, status = "unavailable", 503
    sentence = "Nothing can be saved at the moment. Try again shortly."


class Internal(Refusal):
    """A bug; it is in the log under the id that the message names."""

    code, status = "internal", 500
    sentence = "Something went wrong here."


REFUSALS: tuple[type[Refusal], ...] = (
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    CmidConflict,
    OutOfOrder,
    Frozen,
    Gone,
    TooLarge,
    RateLimited,
    SlowMode,
    Unavailable,
    Internal,
)


class StartError(Exception):
    """Chinwag can't start, or can't go on; the text is a sentence for the operator."""

    exit_status: ClassVar[int] = 1


class SettingInvalid(StartError):
    """A setting is unknown or its value makes no sense."""

    exit_status = 2


class ConfigFileInvalid(StartError):
    """The settings file is not TOML."""

    exit_status = 3


class PortTaken(StartError):
    """Somebody else listens there, or we may not."""

    exit_status = 4


class DataNotWritable(StartError):
    """The data directory can't be made or written."""

    exit_status = 5


class AlreadyRunning(StartError):
    """Another process holds the data directory."""

    exit_status = 6


class NotADatabase(StartError):
    """The file is no database of ours, or it is damaged."""

    exit_status = 7


class SchemaTooNew(StartError):
    """A newer Chinwag wrote this database."""

    exit_status = 8


class DiskFull(StartError):
    """There is no room left on the disk."""

    exit_status = 9


class StorageFailed(StartError):
    """The disk failed us; nothing more may be acknowledged by this process."""

    exit_status = 10
