"""The built page's files, read and compressed once at the start."""

import gzip
import mimetypes
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

_FOREVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_NAMED_BY_CONTENT: Final = "assets/"
# The machine's own table may say otherwise, and browsers insist.
_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_OPAQUE: Final = "application/octet-stream"
_WORTHWHILE: Final = 0.9


class PageFile(msgspec.Struct, frozen=True):
    """A file as it is sent.

    Attributes:
        media_type: Its `Content-Type`.
        cache: Its `Cache-Control`.
        tag: What its `ETag` begins with.
        plain: Its bytes.
        zipped: Its bytes as gzip, where that is worthwhile.
    """

    media_type: str
    cache: str
    tag: str
    plain: bytes
    zipped: bytes | None


def read_files(directory: Path) -> dict[str, PageFile]:
    """Return a directory's files by their paths in it; none where it is missing."""
    return {
        path.relative_to(directory).as_posix(): _read_file(path, directory)
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def _read_file(path: Path, directory: Path) -> PageFile:
    plain = path.read_bytes()
    zipped = gzip.compress(plain, 9, mtime=0)
    name = path.relative_to(directory).as_posix()
    return PageFile(
        media_type=_media_type(path),
        cache=_FOREVER if name.startswith(_NAMED_BY_CONTENT) else _ASK_AGAIN,
        tag=sha256(plain).hexdigest()[:32],
        plain=plain,
        zipped=zipped if len(zipped) < len(plain) * _WORTHWHILE else None,
    )


def _media_type(path: Path) -> str:
    known = _TYPES.get(path.suffix.lower())
    return known or mimetypes.guess_type(path.name)[0] or _OPAQUE
