"""What may be set, by which door, and how a mistake is told."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag import config
from chinwag.config import Settings
from chinwag.domain.rates import Rate
from chinwag.errors import ConfigFileInvalid, SettingInvalid, StartError


@pytest.fixture
def here(tmp_path: Path) -> dict[str, str]:
    """Return an environment whose data directory is the test's own."""
    return {"CHINWAG_DATA": str(tmp_path)}


def test_with_nothing_set_it_runs_as_the_contract_says() -> None:
    settings = Settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 2428)  # noqa: S104
    assert settings.data.name == "chinwag"
    assert settings.rate_messages == Rate(10, 40)
    assert settings.rate_joins == Rate(20, 100)
    assert settings.rate_connections == Rate(50, 500)
    assert settings.public_url is None
    assert settings.database is None


def test_flags_beat_environment_beats_file_beats_default(
    tmp_path: Path, here: dict[str, str]
) -> None:
    file = tmp_path / "chinwag.toml"
    file.write_text('port = 1001\nhost = "10.0.0.1"\nrate_joins = "1/2"\n')
    environment = here | {"CHINWAG_PORT": "1002", "CHINWAG_HOST": "10.0.0.2"}
    settings = config.load({"port": "1003"}, environment)
    assert settings.port == 1003
    assert settings.host == "10.0.0.2"
    assert settings.rate_joins == Rate(1, 2)
    assert settings.rate_messages == Rate(10, 40)


def test_port_is_honoured_where_chinwag_port_is_not_set(here: dict[str, str]) -> None:
    assert config.load({}, here | {"PORT": "8080"}).port == 8080
    assert config.load({}, here | {"PORT": "8080", "CHINWAG_PORT": "9090"}).port == 9090


def test_an_empty_variable_counts_as_none(here: dict[str, str]) -> None:
    assert config.load({}, here | {"CHINWAG_PORT": "", "PORT": ""}).port == 2428


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("CHINWAG_PROT", "CHINWAG_PROT is no setting: did you mean CHINWAG_PORT?"),
        (
            "CHINWAG_ORIGIN",
            "CHINWAG_ORIGIN is no setting: did you mean CHINWAG_ORIGINS?",
        ),
        ("CHINWAG_Q", "CHINWAG_Q is no setting: `chinwag --help` lists them all."),
    ],
)
def test_an_unknown_variable_is_refused_with_a_suggestion(
    name: str, sentence: str
) -> None:
    with pytest.raises(SettingInvalid) as refusal:
        config.load({}, {name: "1"})
    assert str(refusal.value) == sentence


def test_an_unknown_key_of_the_file_is_refused_with_a_suggestion(
    tmp_path: Path, here: dict[str, str]
) -> None:
    file = tmp_path / "chinwag.toml"
    file.write_text('public_ulr = "https://chat.example"\n')
    with pytest.raises(SettingInvalid) as refusal:
        config.load({}, here)
    assert str(refusal.value) == (
        f"public_ulr in {file} is no setting: did you mean public_url?"
    )


def test_malformed_toml_is_one_sentence_with_its_line(
    tmp_path: Path, here: dict[str, str]
) -> None:
    (tmp_path / "chinwag.toml").write_text('host = "::1"\nport 2428\n')
    with pytest.raises(ConfigFileInvalid) as refusal:
        config.load({}, here)
    assert "chinwag.toml is not TOML: " in str(refusal.value)
    assert "line 2" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_settings_file_that_is_not_text_is_one_sentence(
    tmp_path: Path, here: dict[str, str]
) -> None:
    (tmp_path / "chinwag.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigFileInvalid, match="is not TOML"):
        config.load({}, here)


def test_a_settings_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigFileInvalid, match="cannot be read: No such file"):
        config.load({"config": str(tmp_path / "none.toml")}, {})


def test_a_named_file_may_place_the_data(tmp_path: Path) -> None:
    file = tmp_path / "etc.toml"
    file.write_text(f'data = "{tmp_path}/data"\nport = 0\n')
    settings = config.load({"config": str(file)}, {})
    assert settings.data == tmp_path / "data"
    assert settings.port == 0


def test_the_file_in_the_data_directory_cannot_place_the_data(
    tmp_path: Path, here: dict[str, str]
) -> None:
    (tmp_path / "chinwag.toml").write_text('data = "/elsewhere"\n')
    with pytest.raises(SettingInvalid, match="cannot set data"):
        config.load({}, here)


def test_the_file_may_hold_lists_and_numbers(
    tmp_path: Path, here: dict[str, str]
) -> None:
    (tmp_path / "chinwag.toml").write_text(
        'proxies = ["127.0.0.1", "10.0.0.0/8"]\nrate_messages = 5\n'
    )
    settings = config.load({}, here)
    assert settings.proxies == (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"))
    assert settings.rate_messages == Rate(5, 5)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10/40", Rate(10, 40)),
        ("10", Rate(10, 10)),
        ("0.5/3", Rate(0.5, 3)),
        ("0.5", Rate(0.5, 1)),
        ("0", Rate(0, 0)),
    ],
)
def test_a_rate_is_so_many_a_second_and_so_many_at_once(text: str, rate: Rate) -> None:
    assert config.read_rate(text) == rate


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Chat.Example", "https://chat.example"),
        ("https://chat.example:443/", "https://chat.example"),
        ("http://[::1]:2428", "http://[::1]:2428"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(text: str, origin: str) -> None:
    assert config.read_origin(text) == origin


WRONG = {
    "host": ["a b", "http://x", "höst"],
    "port": ["-1", "65536", "http", "24 28", "٣", "1e3", "0x10"],
    "public_url": [
        "chat.example",
        "ftp://chat.example",
        "https://",
        "https://chat.example/path",
        "https://chat.example?q",
        "https://me@chat.example",
        "https://chat.example:http",
        "https://[::1",
        "https://a b",
    ],
    "origins": ["null", "*", "https://a.example,nonsense"],
    "proxies": ["localhost", "10.0.0.0/33", "10.0.0.1/8", "127.0.0.1;::1"],
    "rate_messages": ["-1", "ten", "10/", "/40", "10/0", "0/40", "1/2/3", "inf"],
    "database": ["postgresql://db/chinwag", "mysql://x", "chinwag.db"],
    "bus": ["nats://localhost"],
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts]
)
@pytest.mark.parametrize("door", ["flag", "variable", "file"])
def test_a_wrong_value_is_one_sentence_that_names_where_it_stands(
    name: str, text: str, door: str, tmp_path: Path
) -> None:
    environment = {"CHINWAG_DATA": str(tmp_path)}
    flags: dict[str, str] = {}
    row = next(row for row in config.ROWS if row.name == name)
    if door == "flag":
        flags, where = {name: text}, row.flag
    elif door == "variable":
        environment, where = environment | {row.variable: text}, row.variable
    else:
        where = f"{name} in {tmp_path / 'chinwag.toml'}"
        (tmp_path / "chinwag.toml").write_text(f'{name} = "{text}"\n', encoding="utf-8")
    with pytest.raises(SettingInvalid) as refusal:
        config.load(flags, environment)
    assert str(refusal.value).startswith(f"{where} is ")
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["database", "bus"])
def test_what_is_not_there_yet_is_said_honestly_and_without_the_password(
    name: str,
) -> None:
    with pytest.raises(SettingInvalid) as refusal:
        config.load({name: "postgresql://ada:s3cret@db/chinwag"}, {})
    assert "this version runs" in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize("text", ["~nobody-of-that-name/x", "a\0b", "a\nb"])
def test_a_directory_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(SettingInvalid, match=r"^--data is .* must be a path"):
        config.load({"data": text}, {})


@given(st.text())
def test_no_text_breaks_a_reader(text: str) -> None:
    for row in config.ROWS:
        try:
            config.load({row.name: text}, {})
        except StartError as refusal:
            assert "\n" not in str(refusal)  # noqa: PT017 - most texts are refused


def test_every_setting_is_a_row_with_its_words() -> None:
    for row in config.ROWS:
        assert row.meaning.endswith(".")
        assert row.default
        assert row.flag.startswith("--")
        assert row.variable.startswith("CHINWAG_")
