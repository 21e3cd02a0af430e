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
    "docs/reference/metrics.md": manuals.render_metrics,
    "docs/reference/asyncapi.json": schemas.render_asyncapi,
    "docs/reference/openapi.json": schemas.render_openapi,
}


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Write what is stale, or with `--check` name it and fail."""
    texts = {path: render() for path, render in OUTPUTS.items()}
    stale = [path for path, text in texts.items() if _now(root / path) != text]
    if arguments == ["--check"]:
        if stale:
            print(f"Stale, run `make generate`: {', '.join(stale)}", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(texts[path], encoding="utf-8")
        print(f"wrote {path}")
    return 0


def _now(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
