"""What one may type, and what one reads then."""

import io
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import chinwag
from chinwag import banner, cli, config
from tests.running import PYTHON_M, clean_environment


def chinwag_says(
    *words: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PYTHON_M, *words],
        env=clean_environment(environment or {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_sentence(ended: subprocess.CompletedProcess[str], status: int) -> None:
    assert ended.returncode == status, ended.stderr
    assert ended.stdout == ""
    assert ended.stderr.endswith("\n")
    assert len(ended.stderr.splitlines()) == 1
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("words", [["version"], ["--version"]])
def test_the_version_is_told(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == 0
    assert capsys.readouterr().out == f"{chinwag.__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["serve", "--help"]])
def test_help_names_every_setting_with_its_default(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == 0
    told = "".join(capsys.readouterr().out.split())
    for row in config.ROWS:
        assert f"{row.flag}{row.shape}" in told
        assert f"[default:{''.join(row.default.split())}]" in told.replace("│", "")


def test_the_console_script_and_the_module_are_the_same() -> None:
    script = Path(sys.executable).with_name("chinwag")
    said = subprocess.run(
        [script, "version"], capture_output=True, text=True, check=True
    )
    assert said.stdout == chinwag_says("version").stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--prot", "1"], "Did you mean --port?"),
        (["serev"], "serev is no command: did you mean serve?"),
        (["whatever"], "whatever is no command: `chinwag --help` lists them."),
        (["backup"], "requires an argument"),
        (["--port"], "requires an argument"),
        (["--port", "many"], "--port is 'many', but must be a whole number"),
        (["--database", "postgresql://db/x"], "this version runs on SQLite only"),
        (["--bus", "nats://localhost"], "this version runs as one process only"),
    ],
)
def test_a_slip_of_the_hand_is_told_in_one_sentence(
    words: list[str], sentence: str
) -> None:
    ended = chinwag_says(*words)
    assert_one_sentence(ended, 2)
    assert sentence in ended.stderr


def test_an_unknown_variable_is_told_in_one_sentence(tmp_path: Path) -> None:
    data = tmp_path / "data"
    environment = {"CHINWAG_DATA": str(data), "CHINWAG_HOTS": "::1"}
    ended = chinwag_says(environment=environment)
    assert_one_sentence(ended, 2)
    assert ended.stderr == "CHINWAG_HOTS is no setting: did you mean CHINWAG_HOST?\n"
    assert not data.exists()


def test_malformed_toml_is_told_in_one_sentence_and_changes_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "chinwag.toml").write_text("port = = 1\n")
    ended = chinwag_says("--data", str(tmp_path))
    assert_one_sentence(ended, 3)
    assert "line 1" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["chinwag.toml"]


def test_the_banner_names_both_addresses_the_code_and_the_data(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    banner.announce(here="http://localhost:1", lan="http://10.1.2.3:1", data=tmp_path)
    told = capsys.readouterr().out
    assert "http://localhost:1\n" in told
    assert "http://10.1.2.3:1\n" in told
    assert "▄▄▄▄▄" in told
    assert str(tmp_path) in told


def test_the_banner_of_a_server_for_this_computer_alone_has_no_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    banner.announce(here="http://localhost:1", lan=None, data=tmp_path)
    assert "▄" not in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_blocks_gets_no_code_and_no_crash(
    encoding: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    banner.announce(here="http://localhost:1", lan="http://10.1.2.3:1", data=tmp_path)
    assert b"http://10.1.2.3:1" in written.getvalue()
