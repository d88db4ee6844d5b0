"""Settings: every kind of bad value stops the start with one line that says where and what."""

from pathlib import Path

import pytest

from bot.config import Settings, load
from tests.config_world import file, nothing_set, refusal  # noqa: F401  # a fixture among them


def test_an_empty_file_is_all_defaults():
    file("")
    assert load() == Settings(data_dir=Path("data"))


WHOLE_TO_MILLION = "a whole number from 1 to 1,000,000"
WHOLE_NUMBERS = "a list of whole numbers, such as [12, 34]"


@pytest.mark.parametrize(
    ("table", "line", "value", "allowed"),
    [
        ("scoring", "preset = 'best'", "'best'", "'fair' or 'plain'"),
        ("scoring", "mean_points = 0", "0", WHOLE_TO_MILLION),
        ("scoring", "mean_points = 1.5", "1.5", WHOLE_TO_MILLION),
        ("scoring", "sd_points = 'many'", "'many'", WHOLE_TO_MILLION),
        ("scoring", "mean_points = '14'", "'14'", WHOLE_TO_MILLION),
        ("scoring", "mean_points = 14.0", "14.0", WHOLE_TO_MILLION),
        ("intake", "max_gigabytes = '8'", "'8'", "a number above 0, up to 1,000"),
        ("discord", "guild_ids = '1, 2'", "'1, 2'", WHOLE_NUMBERS),
        ("scoring", "baseline_videos = 1", "1", "a whole number from 2 up"),
        ("scoring", "min_views = true", "True", "a number, a text or a list"),
        ("scoring.weights", "views = -1", "-1", "a number from 0 to 10"),
        ("scoring.weights", "views = nan", "nan", "a number from 0 to 10"),
        ("", "scoring = 5", "5", "a table, [scoring]"),
        ("", "programme = ''", "''", "a text of 1 to 64 characters"),
        ("", "programme = 5", "5", "a text of 1 to 64 characters"),
        ("", "data_dir = 5", "5", "a folder's path"),
        ("intake", "max_gigabytes = 0", "0", "a number above 0, up to 1,000"),
        ("discord", "guild_ids = ['abc']", "'abc'", WHOLE_NUMBERS),
        ("discord", "guild_ids = 12", "12", WHOLE_NUMBERS),
        ("jobs", "refresh = '6 am'", "'6 am'", "five cron fields such as '0 6 * * *' (UTC)"),
        ("telegram", "api_url = 'x'", "'x'", "an address that begins with https:// or http://"),
    ],
)
def test_a_value_that_is_not_allowed_is_told_with_its_key_and_what_is(
    table: str, line: str, value: str, allowed: str
):
    file(f"[{table}]\n{line}" if table else line)
    key = ".".join(filter(None, (table, line.partition(" ")[0])))
    assert refusal().startswith(f"config.toml: {key} = {value} is not allowed: {allowed}")


def test_weights_that_are_all_nothing_are_refused():
    names = ("views", "likes", "shares", "bookmarks", "comments", "engagement_rate", "sentiment")
    file("[scoring.weights]\n" + "\n".join(f"{name} = 0" for name in names))
    line = refusal()
    assert line.startswith("config.toml: scoring.weights = {'views': 0,")
    assert line.endswith("is not allowed: at least one weight above 0")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[scoring]\npreste = 'fair'", "scoring.preste is not a known key; allowed here: preset, "),
        (
            "[colours]\nred = 1",
            "colours is not a known key; allowed here: programme, language, data_dir, ",
        ),
        ("[jobs]\nwatch = ''", "jobs.watch is not a known key; allowed here: intake, refresh"),
        (
            "[scoring.weights]\nsaves = 1.0",
            "scoring.weights.saves is not a known key; allowed here: views, likes, shares, ",
        ),
    ],
)
def test_an_unknown_key_is_told_with_those_that_are_known(text: str, line: str):
    file(text)
    told = refusal()
    assert told.startswith(f"config.toml: {line}")
    assert "token" not in told
    assert "api_key" not in told


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("SCORING__PRESET", "best", " = 'best' is not allowed: 'fair' or 'plain'"),
        ("SCORING__GRACE_DAYS", "x", " = 'x' is not allowed: a whole number from 0 to 365"),
        (
            "DISCORD__GUILD_IDS",
            "1, x",
            " = 'x' is not allowed: a list of whole numbers, such as [12, 34]",
        ),
        (
            "SCORING__PRESTE",
            "fair",
            " is not a setting; did you mean FAIRPOINTS_SCORING__PRESET?",
        ),
        ("XYZ", "1", " is not a setting; config.toml lists them all"),
        ("SCORING", "{}", " is not a setting; did you mean FAIRPOINTS_SCORING__SCALE?"),
    ],
)
def test_a_bad_variable_is_told_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
):
    file("")
    monkeypatch.setenv(f"FAIRPOINTS_{name}", value)
    assert refusal() == f"environment: FAIRPOINTS_{name}{line}"


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch):
    file("programme = 'File'\n[scoring]\npreset = 'plain'\nmin_views = 7")
    monkeypatch.setenv("FAIRPOINTS_SCORING__PRESET", "fair")
    settings = load()
    assert (settings.programme, settings.scoring.preset) == ("File", "fair")
    assert settings.scoring.min_views == 7


def test_a_variable_in_lower_case_is_the_same(monkeypatch: pytest.MonkeyPatch):
    file("")
    monkeypatch.setenv("fairpoints_scoring__preset", "best")
    assert refusal().startswith("environment: FAIRPOINTS_SCORING__PRESET = 'best'")


@pytest.mark.parametrize("text", ["12, 34", "[12, 34]", "12,34,"])
def test_a_variable_lists_ids_with_commas(monkeypatch: pytest.MonkeyPatch, text: str):
    file("")
    monkeypatch.setenv("FAIRPOINTS_DISCORD__MODERATOR_CHANNEL_IDS", text)
    assert load().discord.moderator_channel_ids == (12, 34)


def test_one_id_needs_no_comma(monkeypatch: pytest.MonkeyPatch):
    file("")
    monkeypatch.setenv("FAIRPOINTS_TELEGRAM__MODERATOR_CHAT_IDS", "-1001234567890")
    assert load().telegram.moderator_chat_ids == (-1001234567890,)


def test_an_empty_time_is_never(monkeypatch: pytest.MonkeyPatch):
    file("")
    monkeypatch.setenv("FAIRPOINTS_JOBS__REFRESH", "")
    assert load().jobs.refresh == ""


def test_another_file_is_named_by_a_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    other = tmp_path / "other" / "settings.toml"
    other.parent.mkdir()
    other.write_text("programme = 'Other'", encoding="utf-8")
    monkeypatch.setenv("FAIRPOINTS_CONFIG", str(other))
    settings = load()
    assert (settings.programme, settings.data_dir) == ("Other", other.parent / "data")


def test_a_missing_file_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    assert refusal() == (
        "config.toml: there is no such file; run from the project's folder, "
        "or name another file in FAIRPOINTS_CONFIG"
    )
    monkeypatch.setenv("FAIRPOINTS_CONFIG", "other.toml")
    assert refusal().startswith("other.toml: there is no such file")


def test_a_file_that_is_not_toml_is_told_where_it_breaks():
    file("programme = 'x'\n[scoring\n")
    assert refusal().startswith("config.toml: is not TOML: ")
    assert "line 2" in refusal()
    Path("config.toml").write_bytes(b"programme = '\xff\xfe'")
    assert refusal().startswith("config.toml: is not TOML: ")


def test_a_folder_is_no_file():
    Path("config.toml").mkdir()
    assert refusal() == "config.toml: can't be read: Is a directory"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("", "sqlite+aiosqlite:///data/fairpoints.sqlite3"),
        ("sqlite:////srv/points.db", "sqlite+aiosqlite:////srv/points.db"),
        ("postgresql://ana:p%40ss@host/name", "postgresql+asyncpg://ana:p%40ss@host/name"),
        ("postgres://ana@host:5433/name", "postgresql+asyncpg://ana@host:5433/name"),
        ("postgresql+asyncpg://ana@/name?ssl=on", "postgresql+asyncpg://ana@/name?ssl=on"),
    ],
)
def test_an_address_gets_its_asynchronous_driver(
    monkeypatch: pytest.MonkeyPatch, given: str, address: str
):
    file("")
    monkeypatch.setenv("FAIRPOINTS_DATABASE_URL", given)
    assert load().url == address


def test_the_data_folder_lies_beside_the_file_or_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
):
    file("data_dir = 'kept'")
    assert load().inbox == Path("kept/inbox")
    monkeypatch.setenv("FAIRPOINTS_DATA_DIR", "/srv/points")
    assert load().inbox == Path("/srv/points/inbox")
    assert load().url == "sqlite+aiosqlite:////srv/points/fairpoints.sqlite3"


def test_settings_are_frozen():
    file("")
    with pytest.raises(ValueError, match="frozen"):
        load().scoring.preset = "plain"  # type: ignore[misc]  # that is the point
