"""Every conversation in this folder goes as it is written down."""

from pathlib import Path

import pytest

from tests.flow.play import play

SCRIPTS = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
async def test_conversation(script: Path, tmp_path: Path) -> None:
    await play(script, tmp_path)
