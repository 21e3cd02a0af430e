"""Any command by HTTP, and the frame that the socket would have sent for it."""

import msgspec
from litestar import Response, post

from chinwag.api.problems import retry_headers
from chinwag.api.requests import JsonRequest
from chinwag.api.visitors import FromVisitor, Visitor
from chinwag.errors import Refusal
from chinwag.protocol.commands import (
    AnyCommand,
    Hello,
    JoinRoom,
    LookAtLink,
    Opened,
    Started,
    StartRoom,
    Welcome,
)
from chinwag.protocol.door import Newcomer
from chinwag.protocol.envelope import Failure, Reply
from chinwag.protocol.session import read_id
