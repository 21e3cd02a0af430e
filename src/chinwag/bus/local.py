"""The bell within one process: whoever listens is told at once."""

from collections.abc import Callable, Sequence

from chinwag.domain.news import News

Listener = Callable[[Sequence[News]], None]


class LocalBus:
    """The handlers' `Bus` for a single node."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Have `listener` called with all that is published from now on."""
        self._listeners.append(listener)

    def publish(self, news: Sequence[News]) -> None:
        """Tell it, in this order."""
        for listener in self._listeners:
            listener(news)
