"""What the operator reads when Chinwag has started: where it is, and where the data."""

import io
import sys
from pathlib import Path


def announce(*, here: str, lan: str | None, data: Path) -> None:
    """Print the address here, the one for others with its QR, and where `data` is."""
    print(f"\n  Chinwag is open. Talk here:\n\n    {here}\n")
    if lan:
        print(f"  and from other devices in this network:\n\n    {lan}\n")
        print(picture(lan, sys.stdout.encoding))
    print(f"  All that is said is kept in {data}\n  Ctrl+C ends it.\n", flush=True)


def picture(address: str, encoding: str) -> str:
    """Return `address` as a QR code of blocks, or nothing if `encoding` lacks them."""
    # Who listens on this machine alone needs none.
    import segno  # noqa: PLC0415

    drawn = io.StringIO()
    segno.make_qr(address, error="l").terminal(drawn, border=2, compact=True)
    text = "".join(f"    {line}\n" for line in drawn.getvalue().splitlines())
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return ""
    return text
