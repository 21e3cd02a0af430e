"""Every refusal and every failure as a problem document (RFC 9457)."""

from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from typing import Any, Final, cast

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec

from chinwag.errors import (
    REFUSALS,
    BadRequest,
    Forbidden,
    Internal,
    NotFound,
    Refusal,
    TooLarge,
    Unauthorized,
    Unavailable,
)
from chinwag.ids import Dice

MEDIA_TYPE = "application/problem+json"
_OF_STATUS: dict[int, type[Refusal]] = {
    kind.status: kind
    for kind in (Unauthorized, Forbidden, NotFound, TooLarge, Unavailable)
}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Why a request was refused, or failed. Nothing has changed by it.

    `code` is the same as in a `failure` of the socket, `detail` a sentence for
    people, `retry_after` in seconds, where trying again helps.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    retry_after: float | None = None


def describe_refusals(kind: type[msgspec.Struct], form: str) -> dict[int, ResponseSpec]:
    """Return what every route may answer instead, as this struct in this form."""
    codes: dict[int, list[str]] = {}
    for refusal in REFUSALS:
        codes.setdefault(refusal.status, []).append(f"`{refusal.code}`")
    return {
        status: ResponseSpec(
            kind,
            media_type=form,
            description=f"Refused: {' or '.join(several)}.",
            generate_examples=False,
        )
        for status, several in codes.items()
    }


PROBLEMS: Final = describe_refusals(Problem, MEDIA_TYPE)

log = structlog.get_logger(__name__)


def make_answer(
    dice: Dice,
) -> Callable[[Request[Any, Any, Any], Exception], Response[Problem]]:
    """Return what answers an exception, whichever it is."""

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
        if isinstance(error, Refusal):
            return describe(error)
        if isinstance(error, HTTPException) and error.status_code < 500:
            return describe(translate(error), error.status_code, error.headers)
        return describe(note_bug(dice, request, error))

    return answer


def describe(
    refusal: Refusal,
    status: int | None = None,
    headers: dict[str, str] | None = None,
) -> Response[Problem]:
    """Return a refusal as a problem document."""
    status = status or refusal.status
    problem = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=refusal.message,
        code=refusal.code,
        retry_after=refusal.retry_after,
    )
    return Response(
        problem,
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={**retry_headers(refusal), **(headers or {})},
    )


def retry_headers(refusal: Refusal) -> dict[str, str]:
    """Return the headers that go with a refusal (RFC 9110, sections 10.2.3, 11.6.1)."""
    headers: dict[str, str] = {}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(ceil(refusal.retry_after))
    if isinstance(refusal, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def note_bug(dice: Dice, request: Request[Any, Any, Any], error: Exception) -> Internal:
    """Log what nobody foresaw; return the refusal that names where."""
    trouble = dice.token()[:8]
    log.error("a request failed", id=trouble, path=request.url.path, exc_info=error)
    return Internal(f"Something went wrong here; the log knows it as {trouble}.")


def translate(error: HTTPException) -> Refusal:
    """Return what the web framework refuses as a refusal of ours."""
    if isinstance(error, ValidationException):
        return BadRequest(_name_fields(error))
    kind = _OF_STATUS.get(error.status_code)
    return BadRequest(f"{error.detail}.") if kind is None else kind()


def _name_fields(error: ValidationException) -> str:
    fields = cast("list[dict[str, str]]", error.extra or [])
    # An empty body leaves the framework without its argument `data`.
    return " ".join(
        f"{field['key']}: {field['message']}."
        if field.get("key") != "data"
        else "Send a JSON object."
        for field in fields
    )
