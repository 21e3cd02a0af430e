"""A request whose body is read as strictly as a frame of the socket."""

from functools import cache
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException
from typing_extensions import override

from chinwag.api.headers import is_json
from chinwag.errors import BadRequest
from chinwag.protocol.commands import (
    AnyCommand,
)
from chinwag.protocol.session import read_command, read_id

MAX_BODY = 256 * 1024


class BrokenCommand(BadRequest):
    """What was sent as a command is none. `id` is its own, if that could be read."""

    def __init__(self, message: str, command_id: int | None) -> None:
        super().__init__(message)
        self.id = command_id


class JsonRequest(Request[Any, Any, Any]):
    """An HTTP request; its JSON is the struct that the route takes as `data`."""

    @override
    async def json(self) -> Any:
        """Return the body as that struct, or raise `BadRequest` with why not."""
        if not is_json(self.headers):
            raise BadRequest("Content-Type: send JSON, as application/json.")
        wanted = self.route_handler.parsed_data_field
        assert wanted is not None
        text = await self.body()
        if wanted.annotation == AnyCommand:
            return _read_command(text)
        return read_body(text, wanted.annotation)

    @override
    async def body(self) -> bytes:
        """Return the body, as sent."""
        try:
            return await super().body()
        except InternalServerException:
            # Who hangs up in the middle is no bug of ours.
            raise BadRequest("The body broke off.") from None


def read_body(text: bytes, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """Return the value of type `kind` that `text` stands for, or raise `BadRequest`.

    The message names the field, as a path from `$`, the body.
    """
    try:
        value = _decoder(kind).decode(text)
    except msgspec.ValidationError as error:
        raise BadRequest(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("This is not JSON, or nested too deep.") from None
    for field in value.__struct_fields__:
        held: object = getattr(value, field)
        if isinstance(held, str) and "\0" in held:
            raise BadRequest(f"{field}: U+0000 can't be sent. - at `$.{field}`")
    return value


def _read_command(text: bytes) -> AnyCommand:
    try:
        return read_command(text)
    except BadRequest as refusal:
        raise BrokenCommand(refusal.message, read_id(text)) from None


@cache
def _decoder(kind: type[msgspec.Struct]) -> msgspec.json.Decoder[msgspec.Struct]:
    return msgspec.json.Decoder(kind)
