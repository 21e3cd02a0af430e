"""What `chinwag doctor` finds, and that it touches nothing."""

import resource
from pathlib import Path

import pytest

from chinwag import cli, doctor
from chinwag.doctor import Verdict


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ((3, 6, 23), Verdict.GOOD),
        ((3, 7, 0), Verdict.WARNING),
        ((3, 40, 1), Verdict.WARNING),
        ((3, 51, 2), Verdict.WARNING),
        ((3, 51, 3), Verdict.GOOD),
        ((3, 53, 0), Verdict.GOOD),
    ],
)
def test_a_sqlite_with_the_wal_reset_bug_is_warned_of(
    version: tuple[int, ...], verdict: Verdict
) -> None:
    assert doctor.look_at_sqlite(version).verdict is verdict


def test_a_data_directory_that_can_be_made_is_good_and_is_not_made(
    tmp_path: Path,
) -> None:
    first, *_ = doctor.look_at_data(tmp_path / "a/b")
    assert first.verdict is Verdict.GOOD
    assert "can be made" in first.sentence
    assert list(tmp_path.iterdir()) == []


def test_a_data_directory_below_a_file_is_bad(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (finding,) = doctor.look_at_data(tmp_path / "file/data")
    assert finding.verdict is Verdict.BAD


@pytest.mark.parametrize(
    ("most", "verdict"),
    [
        (1_024, Verdict.WARNING),
        (524_288, Verdict.GOOD),
        (resource.RLIM_INFINITY, Verdict.GOOD),
    ],
)
def test_few_descriptors_are_warned_of(most: int, verdict: Verdict) -> None:
    assert doctor.look_at_descriptors(most).verdict is verdict


def test_a_missing_page_is_bad(tmp_path: Path) -> None:
    assert doctor.look_at_page(tmp_path / "index.html").verdict is Verdict.BAD
    (tmp_path / "index.html").write_text("")
    assert doctor.look_at_page(tmp_path / "index.html").verdict is Verdict.GOOD


@pytest.mark.parametrize(("built", "status"), [(True, 0), (False, 1)])
def test_the_exit_status_says_whether_something_is_bad(
    built: bool,  # noqa: FBT001 - pytest's way
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = tmp_path / "index.html"
    if built:
        page.write_text("")
    monkeypatch.setattr(doctor, "PAGE", page)
    assert cli.main(["doctor", "--data", str(tmp_path)]) == status
    told = capsys.readouterr().out
    assert str(tmp_path) in told
    assert ("BAD" in told) is not built
