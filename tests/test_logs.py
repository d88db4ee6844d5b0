"""No token and no password stands in any line of the log, tracebacks included."""

import logging
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.logs import FILE_BYTES, TALKATIVE, set_up_logs
from tests.config_world import loggers_as_they_were  # noqa: F401  # a fixture

DISCORD = "MTA1.G-abc.discord-token"
TELEGRAM = "123456:telegram-token"
GEMINI = "AIzaSy-gemini_key"
PASSWORD = "p@ss/word"
SETTINGS = Settings(
    discord_token=SecretStr(DISCORD),
    telegram_token=SecretStr(TELEGRAM),
    gemini_api_key=SecretStr(GEMINI),
    database_url=SecretStr(f"postgresql://ana:{quote(PASSWORD, safe='')}@host/name"),
)
SECRETS = [
    DISCORD,
    TELEGRAM,
    quote(TELEGRAM, safe=""),
    GEMINI,
    PASSWORD,
    quote(PASSWORD, safe=""),
]
LIBRARIES = (
    "bot.command",
    "db.store",
    "discord.client",
    "discord.gateway",
    "discord.http",
    "telegram.ext.Application",
    "telegram.ext.Updater",
    "httpx",
    "httpcore.connection",
    "httpx2",
    "google_genai.models",
    "google.auth.transport",
    "apscheduler.scheduler",
    "apscheduler.executors.default",
    "sqlalchemy.engine.Engine",
    "asyncio",
    "aiosqlite",
)


def connect(secret: str) -> None:
    raise ConnectionError(f"postgresql://ana:{secret}@host refused")


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_hidden_in_messages_arguments_and_tracebacks(
    capsys: pytest.CaptureFixture[str], name: str, secret: str
):
    set_up_logs(SETTINGS)
    log = logging.getLogger(name)
    log.error("POST https://api.telegram.org/bot%s/getMe", secret)
    log.warning(f"connecting as {secret}: failed")  # noqa: G004  # as libraries do
    try:
        connect(secret)
    except ConnectionError:
        log.exception("it failed")
    told = capsys.readouterr().err
    assert secret not in told
    assert told.count("(hidden)") == 3
    assert "Traceback" in told


def test_the_address_of_the_database_is_hidden_under_any_driver(
    capsys: pytest.CaptureFixture[str],
):
    set_up_logs(SETTINGS)
    logging.getLogger("x").warning(SETTINGS.url)
    assert "postgresql+asyncpg://ana:(hidden)@host/name" in capsys.readouterr().err


def test_a_password_that_is_a_word_hides_no_longer_words(capsys: pytest.CaptureFixture[str]):
    common = Settings(database_url=SecretStr("postgresql://postgres:postgres@host/name"))
    set_up_logs(common)
    logging.getLogger("x").warning("postgresql is up; password postgres, my.postgres.org")
    told = capsys.readouterr().err
    assert "postgresql is up; password (hidden), my.(hidden).org" in told


def test_a_secret_that_was_read_with_the_end_of_its_line_is_hidden_without_it(
    capsys: pytest.CaptureFixture[str],
):
    set_up_logs(Settings(gemini_api_key=SecretStr(f"{GEMINI}\n")))
    logging.getLogger("bot.command").error("refused %s", GEMINI)
    assert GEMINI not in capsys.readouterr().err


def test_without_secrets_lines_stay_as_they_are(capsys: pytest.CaptureFixture[str]):
    set_up_logs(Settings())
    logging.getLogger("bot.app").info("ready: discord")
    assert capsys.readouterr().err.endswith(" INFO bot.app: ready: discord\n")


@pytest.mark.parametrize("name", TALKATIVE)
def test_talkative_libraries_are_heard_from_warnings_on(
    capsys: pytest.CaptureFixture[str], name: str
):
    set_up_logs(SETTINGS)
    logging.getLogger(name).info("HTTP Request: POST https://api.telegram.org/bot...")
    assert capsys.readouterr().err == ""
    logging.getLogger(name).warning("slow")
    assert "slow" in capsys.readouterr().err


def test_by_hand_only_warnings_are_told(capsys: pytest.CaptureFixture[str]):
    set_up_logs(SETTINGS, level=logging.WARNING)
    logging.getLogger("bot.jobs").info("refresh: done")
    assert capsys.readouterr().err == ""


def test_the_log_of_the_console_is_a_file_that_does_not_grow_for_ever(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "data" / "console.log"
    set_up_logs(SETTINGS, path)
    logging.getLogger("bot.command").error("token %s 🎉", TELEGRAM)
    assert path.read_text(encoding="utf-8").endswith("ERROR bot.command: token (hidden) 🎉\n")
    for _ in range(3):
        logging.getLogger("bot.command").error("x" * (FILE_BYTES - 100))
    assert sorted(one.name for one in path.parent.iterdir()) == ["console.log", "console.log.1"]
    assert capsys.readouterr().err == ""


def test_where_no_file_can_be_written_the_log_goes_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "data").write_text("a file, not a folder")
    set_up_logs(SETTINGS, tmp_path / "data" / "console.log")
    logging.getLogger("bot.command").error("it failed")
    assert "it failed" in capsys.readouterr().err


def test_what_google_warns_of_stands_in_the_log_though_its_libraries_keep_it_apart(
    capsys: pytest.CaptureFixture[str],
):
    google = logging.getLogger("google")
    google.propagate = False
    set_up_logs(SETTINGS)
    logging.getLogger("google.auth").warning("the key file is old")
    assert "WARNING google.auth: the key file is old" in capsys.readouterr().err
