"""How a link's key is made, read and recognised. Whoever holds the key may come in."""

import hmac
import re
from base64 import urlsafe_b64encode
from hashlib import sha256

from chinwag.errors import NotFound
from chinwag.ids import LinkId

_KEY_BYTES = 16
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")
_NO_SUCH_LINK = "This link leads nowhere. Check that it was copied whole."


def derive_key(secret: bytes, link: LinkId) -> str:
    """Return a link's key: HMAC-SHA256 (RFC 2104) of its id, cut to 128 bits.

    It can be made again whenever the link is shown, so the database needs no more
    than its digest.
    """
    mac = hmac.digest(secret, str(link).encode(), "sha256")[:_KEY_BYTES]
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def read_key(text: str) -> str:
    """Return the key in `text`, which is a key or a whole link `…#KEY` or `…#KEY.REST`.

    Raises:
        NotFound: No key looks like that; the same answer as for an unknown one.
    """
    key = text.strip().rpartition("#")[2].partition(".")[0]
    if not _KEY.fullmatch(key):
        raise NotFound(_NO_SUCH_LINK)
    return key


def digest_key(key: str) -> bytes:
    """Return the 32 bytes under which the database knows a key."""
    return sha256(key.encode()).digest()


def no_such_link() -> NotFound:
    """Return the refusal of a key that nobody gave out."""
    return NotFound(_NO_SUCH_LINK)
