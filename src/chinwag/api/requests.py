"""A request whose body is read as strictly as a frame of the socket."""

from functools import cache
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException
from typing_extensions import override

from chinwag.api.headers import is_json
from chinwag.errors import BadRequest
from chinwag.protocol.commands import AnyCommand
from chinwag.protocol.session import read_command

MAX_BODY = 256 * 1024


class JsonRequest(Request[Any, Any, Any]):
    """An HTTP request; its JSON is the struct that the route takes as `data`."""

    @override
    async def json(self) -> Any:
        """Return the body as that struct, or raise `BadRequest` with why not."""
        if not is_json(self.headers):
            raise BadRequest("Content-Type: send JSON, as application/json.")
        wanted = self.route_handler.parsed_data_field
        assert wanted is not None
        return read_body(await self.body(), wanted.annotation)

    @override
    async def body(self) -> bytes:
        """Return the body, as sent."""
        try:
            return await super().body()
        except InternalServerException:
            # Who hangs up in the middle is no bug of ours.
            raise BadRequest("The body broke off.") from None


def read_body(text: bytes, kind: Any) -> Any:
    """Return the value of type `kind` that `text` stands for, or raise `BadRequest`.

    The message names the field, as a path from `$`, the body.
    """
    if kind is AnyCommand:
        return read_command(text)
    try:
        value = _decoder(kind).decode(text)
    except msgspec.ValidationError as error:
        raise BadRequest(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("This is not JSON, or nested too deep.") from None
    for field in value.__struct_fields__:
        held = getattr(value, field)
        if isinstance(held, str) and "\0" in held:
            raise BadRequest(f"{field}: U+0000 can't be sent. - at `$.{field}`")
    return value


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
