"""The log tells that a command was answered: not who asked, for what, or what was said."""

import json
import logging
from typing import Any

import pytest

from bot.command import COMMANDS, run
from bot.logs import set_up_logs
from tests.commands.moderating import LINES, prepare
from tests.commands.programme import DOG, People, Person
from tests.config_world import loggers_as_they_were  # noqa: F401  # a fixture

HERS = (
    "/points",
    "/videos",
    f"/video {DOG}",
    "/shop",
    "/points",
    "/link zoë-the-boat",
    "/nothing",
)
WORDS = (
    *("Ana", "Mo", "Eve", "Ben", "zoë-the-boat", "author-cem", DOG),
    *("My garden", "A cat", "the code stands", "the best video", "sent by post", "dearer"),
    *("discord:1", "telegram:2", "discord:9", "You have", "linked"),
)
"""Names, user ids, arguments, captions and answers."""


async def logged(people: People, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    set_up_logs(people.settings, as_json=True)
    for line in HERS:
        await people.ana.says(line)
    await prepare(people)
    for name, given in LINES.items():
        await people.mo.says(f"/{name} {given}")
    await run(people.ana.call(), "my secret", {"reason": "a secret reason"})
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


async def test_no_line_holds_names_ids_arguments_or_answers(
    people: People, capsys: pytest.CaptureFixture[str]
):
    lines = await logged(people, capsys)
    told = "\n".join(str(sorted(one.items())) for one in lines)
    assert [one for one in (*WORDS, "secret") if one in told] == []


async def test_each_request_is_told_once_with_command_platform_outcome_and_time(
    people: People, capsys: pytest.CaptureFixture[str]
):
    lines = await logged(people, capsys)
    answers = [one for one in lines if one["message"] == "answered"]
    assert {one["command"] for one in answers} >= {"points", "video", *LINES}
    assert {one["command"] for one in answers} <= {*COMMANDS, "unknown"}
    assert {one["outcome"] for one in answers} <= {"plain", "good", "ask", "refused"}
    assert all(one["ms"] >= 0 and one["platform"] in {"discord", "telegram"} for one in answers)
    requests = [one["request"] for one in answers]
    assert len(set(requests)) == len(requests)


async def test_a_command_that_breaks_is_told_as_failed_under_the_id_of_its_traceback(
    people: People, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.commands.mod_jobs._programme", broken)
    set_up_logs(people.settings, as_json=True, level=logging.INFO)
    mo: Person = people.mo
    await mo.says("/mod status")
    failure, answer = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert failure["message"].startswith("reference ")
    assert failure["message"].endswith(": /mod status failed")
    assert answer["outcome"] == "failed"
    assert failure["request"] == answer["request"]
