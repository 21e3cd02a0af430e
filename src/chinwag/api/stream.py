"""A room's events as an event stream (HTML standard, section 9.2), live.

It is for whoever has no WebSocket at hand: the same frames from the same fan-out.
"""

import asyncio
from typing import ClassVar, Final

from litestar import get
from litestar.openapi.datastructures import ResponseSpec
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send
from typing_extensions import override

from chinwag.api.pipe import Pipe
from chinwag.api.problems import PROBLEMS
from chinwag.api.queries import InPath, LastEventId, PlaceInLog
from chinwag.api.visitors import FromVisitor
from chinwag.protocol.commands import MAX_ID, OpenRoom

_MEDIA_TYPE: Final = "text/event-stream"
_COME_BACK: Final = b"retry: 2000\n\n"
_STILL_HERE: Final = b": ping\n\n"
_DIGITS: Final = len(str(MAX_ID))


@get(
    "/rooms/{room:str}/stream",
    responses=PROBLEMS
    | {
        200: ResponseSpec(
            str, generate_examples=False, media_type=_MEDIA_TYPE, description="Events."
        )
    },
)
async def stream_room(
    visitor: FromVisitor,
    room: InPath,
    after: PlaceInLog = None,
    last_event_id: LastEventId = None,
) -> "EventStream":
    """Send a room's events: those after `after`, or else the newest 50, then live.

    `data` is a frame of the socket, `id` an `EPOCH:SEQ`. A `Last-Event-ID` goes before
    `after`; one of another epoch, from before a backup was restored, starts anew.
    """
    if last_event_id is not None:
        after = read_event_id(last_event_id, visitor.epoch)
    # A reader can't be told to forget what it holds, so none is too far behind.
    command = OpenRoom(id=0, room=room, after=after, most=MAX_ID)
    pipe = Pipe()
    pipe.write(_COME_BACK)
    try:
        await visitor.open_stream(pipe, command)
    except BaseException:
        pipe.close()
        raise
    return EventStream(pipe, visitor.heartbeat)


def read_event_id(text: str, epoch: str) -> int | None:
    """Return the `seq` in an `EPOCH:SEQ` of this epoch; None for anything else."""
    told, _, seq = text.rpartition(":")
    if told != epoch or not seq.isascii() or not seq.isdigit() or len(seq) > _DIGITS:
        return None
    return min(int(seq), MAX_ID)


class EventStream(ASGIResponse):
    """What a pipe brings, until it ends or the client has gone."""

    _should_set_content_length: ClassVar[bool] = False

    def __init__(self, pipe: Pipe, heartbeat: int) -> None:
        # Proxies that buffer answers would keep the events to themselves.
        super().__init__(media_type=_MEDIA_TYPE, headers={"X-Accel-Buffering": "no"})
        self._pipe = pipe
        self._heartbeat = heartbeat

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream (ASGI 3)."""
        try:
            await self.start_response(send)
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._watch(receive))
                await self._pump(send)
                watching.cancel()
        finally:
            self._pipe.close()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._pipe.end()

    async def _pump(self, send: Send) -> None:
        while (data := await self._pipe.read(self._heartbeat)) is not None:
            await self._send(send, data or _STILL_HERE, more=True)
            self._pipe.taken(data)
        await self._send(send, b"", more=False)

    async def _send(self, send: Send, data: bytes, *, more: bool) -> None:
        await send({"type": "http.response.body", "body": data, "more_body": more})
