"""Somebody with a browser, and the queue of messages that it keeps."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Outgoing:
    """A message on its way, as the page's outbox keeps it."""

    cmid: str
    room: str
    text: str
    behind: str | None
    reply_to: int | None = None
    failure: str | None = None
    tries: int = 0
    out_of_order: int = 0


@dataclass
class Person:
    """Somebody with a browser: several tabs, one token, one queue.

    `said` is all that was ever put into the queue, by room, in order.
    """

    name: str
    token: str | None = None
    id: str = ""
    queue: list[Outgoing] = field(default_factory=list[Outgoing])
    said: dict[str, list[Outgoing]] = field(default_factory=dict[str, list[Outgoing]])
    sending: object = None
    registering: object = None
    messages: int = 0

    def say(self, room: str, text: str, reply_to: int | None) -> None:
        """Put a message behind all that wait for this room."""
        waiting = [e.cmid for e in self.queue if e.room == room and e.failure is None]
        self.messages += 1
        entry = Outgoing(
            f"{self.id}-{self.messages}",
            room,
            text,
            waiting[-1] if waiting else None,
            reply_to,
        )
        self.queue.append(entry)
        self.said.setdefault(room, []).append(entry)

    def forget(self, entry: Outgoing) -> None:
        """Take a message from the queue, unless another tab did."""
        if entry in self.queue:
            self.queue.remove(entry)

    def become_nobody(self) -> None:
        """Forget who one was: the server does not know them any more."""
        self.token, self.id = None, ""
        self.queue.clear()
        self.said.clear()
