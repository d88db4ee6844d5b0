"""Lines for programs are objects, and a request's lines tell which it is and nobody's words."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import logs
from bot.config import Settings
from bot.logs import set_up_logs, wants_json
from bot.sections import Watching
from tests.config_world import loggers_as_they_were  # noqa: F401  # a fixture

PASSWORD = 'a"b\\cü'
TOKEN = "123456:telegram-token"
SETTINGS = Settings(
    telegram_token=SecretStr(TOKEN),
    database_url=SecretStr("postgresql://ana:a%22b%5Cc%C3%BC@host/name"),
)


def connect() -> None:
    raise ConnectionError(f"{TOKEN} and {PASSWORD}\nrefused")


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_is_an_object_with_time_level_logger_and_words(capsys: pytest.CaptureFixture[str]):
    set_up_logs(SETTINGS, as_json=True)
    logging.getLogger("bot.app").info("ready: %s", "discord")
    (line,) = objects(capsys.readouterr().err)
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "INFO", "logger": "bot.app", "message": "ready: discord"}


def test_a_traceback_stays_in_its_line(capsys: pytest.CaptureFixture[str]):
    set_up_logs(SETTINGS, as_json=True)
    try:
        connect()
    except ConnectionError:
        logging.getLogger("x").exception("it\nfailed")
    (line,) = objects(capsys.readouterr().err)
    assert line["traceback"].endswith("ConnectionError: (hidden) and (hidden)\nrefused")


@pytest.mark.parametrize("secret", [TOKEN, PASSWORD, "FP-A2C4-X7Z9", "fp-a2c4-x7z9"])
@pytest.mark.parametrize("how", ["json", "text"])
def test_no_secret_and_no_code_stands_in_a_line(
    capsys: pytest.CaptureFixture[str], secret: str, how: str
):
    set_up_logs(SETTINGS, as_json=how == "json")
    logging.getLogger("x").warning("it is %s", secret, extra={"command": {"of": [secret]}})
    told = capsys.readouterr().err
    spelled = (secret, json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1])
    assert [one for one in spelled if one in told] == []
    assert "(hidden)" in told


def test_lines_inside_a_request_carry_its_id_and_others_none(capsys: pytest.CaptureFixture[str]):
    set_up_logs(SETTINGS, as_json=True)
    log = logging.getLogger("x")
    with logs.request("telegram", "tg:77:5"):
        log.info("one")
    with logs.request("telegram", "tg:77:6"):
        log.info("two")
    with logs.request("telegram", "tg:77:5"):
        log.info("one again")
    log.info("none")
    one, two, again, none = (line.get("request") for line in objects(capsys.readouterr().err))
    assert one == again != two
    assert none is None
    assert "77" not in f"{one}{two}" or len(str(one)) == 8


def test_an_answer_is_one_line_for_people_too(capsys: pytest.CaptureFixture[str]):
    set_up_logs(SETTINGS)
    with logs.request("discord", "dc:1"):
        logs.answered("mod refresh", "good", 0.0123)
    told = capsys.readouterr().err
    expected = 'answered command="mod refresh" platform=discord outcome=good ms=12.3 request='
    assert expected in told
    assert told.count("\n") == 1


def test_nobody_can_write_a_line_of_their_own(capsys: pytest.CaptureFixture[str]):
    set_up_logs(SETTINGS)
    logging.getLogger("x").warning("handle %s", "ana\n2026-01-01 INFO bot.app: ready\r\n")
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("log", "terminal", "expected"),
    [
        ("auto", "a terminal", "text"),
        ("auto", "a program", "json"),
        ("json", "a terminal", "json"),
        ("text", "a program", "text"),
    ],
)
def test_programs_get_objects_and_terminals_text_unless_settings_say_otherwise(
    monkeypatch: pytest.MonkeyPatch, log: Any, terminal: str, expected: str
):
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal == "a terminal", raising=False)
    assert wants_json(Settings(watching=Watching(log=log))) is (expected == "json")


def test_the_library_that_writes_objects_is_loaded_only_for_them(tmp_path: Path):
    import subprocess
    import sys

    code = "import sys, bot.__main__; print('pythonjsonlogger' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).parents[1],
    )
    assert ran.stdout == "False\n"
