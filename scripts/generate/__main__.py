"""`python -m scripts.generate` writes; with `--check` it only says what is stale."""

import sys
from collections.abc import Callable
from pathlib import Path

from scripts.generate import manuals, protocol, schemas, typescript

ROOT = Path(__file__).resolve().parents[2]
OUTPUTS: dict[str, Callable[[], str]] = {
    "web/src/protocol/wire.gen.ts": typescript.render,
    "docs/reference/protocol.md": protocol.render,
    "docs/reference/settings.md": manuals.render_settings,
    "docs/reference/cli.md": manuals.render_cli,
    "docs/reference/asyncapi.json": schemas.render_asyncapi,
}


def main(arguments: list[str]) -> int:
    """Write what is stale, or with `--check` name it and fail."""
    checking = arguments == ["--check"]
    stale = [path for path, text in _texts() if _now(path) != text]
    if checking and stale:
        print(f"Stale, run `make generate`: {', '.join(stale)}", file=sys.stderr)
        return 1
    if not checking:
        for path, text in _texts():
            if path in stale:
                (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
                (ROOT / path).write_text(text, encoding="utf-8")
                print(f"wrote {path}")
    return 0


def _texts() -> list[tuple[str, str]]:
    return [(path, render()) for path, render in OUTPUTS.items()]


def _now(path: str) -> str | None:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
