"""The page under all its addresses, and its parts: fresh, small, and locked in."""

import gzip
from pathlib import Path

import pytest

from chinwag.api.files import read_files
from chinwag.api.web import CONTENT_SECURITY_POLICY
from tests.api.conftest import Serve, Server

ADDRESSES = ["/", "/join", "/room/1a2b", "/room/1a2b/42", "/room/%3Cscript%3E"]
PARTS = {
    "/assets/app-1a2b.js": "text/javascript; charset=utf-8",
    "/assets/app-3c4d.css": "text/css; charset=utf-8",
    "/assets/font-5e6f.woff2": "font/woff2",
    "/favicon.svg": "image/svg+xml",
    "/manifest.webmanifest": "application/manifest+json",
}


@pytest.mark.parametrize("path", ADDRESSES)
async def test_every_address_of_the_page_shows_it(
    server: Server, page_files: Path, path: str
) -> None:
    answer = await server.page().get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.content == (page_files / "index.html").read_bytes()
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(("path", "kind"), PARTS.items())
async def test_every_part_comes_as_what_it_is(
    server: Server, page_files: Path, path: str, kind: str
) -> None:
    answer = await server.page().get(path)
    assert answer.headers["content-type"] == kind
    assert answer.content == (page_files / path.lstrip("/")).read_bytes()
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_is_named_by_its_content_is_kept_for_ever(server: Server) -> None:
    for path in PARTS:
        kept = (await server.page().get(path)).headers["cache-control"]
        forever = "public, max-age=31536000, immutable"
        assert kept == (forever if path.startswith("/assets/") else "no-cache")


@pytest.mark.parametrize("path", ["/", "/assets/app-1a2b.js"])
async def test_text_is_zipped_for_who_takes_it(server: Server, path: str) -> None:
    page = server.page()
    zipped = await page.get(path, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    plain = await page.get(path, headers={"Accept-Encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert zipped.content == plain.content
    length = int(zipped.headers["content-length"])
    assert length == len(gzip.compress(plain.content, 9, mtime=0))
    assert length < len(plain.content)
    assert zipped.headers["etag"] != plain.headers["etag"]
    assert zipped.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


def test_a_file_is_zipped_to_the_same_bytes_at_every_start(page_files: Path) -> None:
    for file in read_files(page_files).values():
        if file.zipped is not None:
            assert file.zipped == gzip.compress(file.plain, 9, mtime=0)


@pytest.mark.parametrize(
    ("said", "zipped"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("*", True),
        ("gzip;q=0.001", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
    ],
)
async def test_who_does_not_take_gzip_does_not_get_it(
    server: Server, said: str, *, zipped: bool
) -> None:
    answer = await server.page().get("/", headers={"Accept-Encoding": said})
    assert ("content-encoding" in answer.headers) == zipped


async def test_what_would_not_get_smaller_stays_as_it_is(server: Server) -> None:
    answer = await server.page().get("/assets/font-5e6f.woff2")
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/favicon.svg", "/assets/app-1a2b.js"])
async def test_who_has_it_already_is_told_so(server: Server, path: str) -> None:
    page = server.page()
    tag = (await page.get(path)).headers["etag"]
    for known in (tag, f'W/{tag}, "other"', f'"other", {tag}', "*"):
        answer = await page.get(path, headers={"If-None-Match": known})
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["etag"] == tag
    stale = await page.get(path, headers={"If-None-Match": '"other"'})
    assert stale.status_code == 200


async def test_the_page_may_do_only_what_it_needs(server: Server) -> None:
    headers = (await server.page().get("/")).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "require-trusted-types-for 'script'" in CONTENT_SECURITY_POLICY
    assert "trusted-types 'none'" in CONTENT_SECURITY_POLICY
    assert "data:" not in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize(
    "path",
    ["/", "/assets/app-1a2b.js", "/api/rooms", "/nowhere", "/healthz", "/favicon.svg"],
)
async def test_every_answer_keeps_to_itself(server: Server, path: str) -> None:
    headers = (await server.page().get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/%2e%2e/index.html",
        "/assets/..%2f..%2fchinwag.db",
        "/assets/",
        "/assets//app-1a2b.js/",
        "/chinwag.db",
        "/index.html/x",
        "/%2e%2e/chinwag.db",
    ],
)
async def test_nothing_but_the_page_is_served(server: Server, path: str) -> None:
    answer = await server.page().get(path)
    assert b"SQLite" not in answer.content
    assert answer.status_code == 404 or answer.content.startswith(b"console.log")


@pytest.mark.parametrize("path", ["/", "/assets/app-1a2b.js", "/api/rooms", "/nowhere"])
async def test_a_head_tells_the_same_without_the_body(
    server: Server, path: str
) -> None:
    page = server.page()
    whole, head = await page.get(path), await page.head(path)
    assert head.content == b""
    assert head.status_code == whole.status_code
    assert head.headers == whole.headers


async def test_without_the_built_page_a_sentence_tells_what_is_missing(
    serve: Serve, tmp_path: Path
) -> None:
    server = await serve(page=tmp_path / "nothing")
    for path in ADDRESSES:
        answer = await server.page().get(path)
        assert answer.status_code == 503
        assert "make setup" in answer.text
    assert (await server.page().get("/assets/app-1a2b.js")).status_code == 404
    assert (await server.page().post("/api/rooms", json={})).status_code == 200
