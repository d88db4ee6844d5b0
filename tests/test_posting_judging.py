"""What moderators read of sentiments that wait for them, and of a judge that was tried."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.config import Settings
from bot.posting import words
from bot.reply import Reply
from db import posts
from db.deliveries import Due, Taken
from db.moved import Place
from tests.judged_world import TRIAL

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = "2026-03-02T12:04:00+00:00"


def said(kind: str, told: dict[str, Any]) -> Reply:
    due = Due("p", Place("telegram", "-1"), "waiting", NOON, None)
    taken = Taken(due, kind, told, NOON, 0, 1, NOON, "-1")
    return words(taken, Settings(data_dir=Path("nowhere")))


def calls(reply: Reply) -> list[str]:
    return [one.call for one in reply.buttons]


def test_videos_that_wait_for_a_moderators_word_are_told_once_with_the_way_to_them():
    reply = said(posts.REVIEWS, {"run_id": "r", "count": 3})
    assert reply.title == "3 videos wait for a moderator's word on their sentiment"
    assert calls(reply) == ["mod sentiment list"]


def test_a_trial_tells_how_estimates_would_move_until_somebody_has_adopted_the_judge():
    reply = said(posts.TRIAL, TRIAL)
    assert reply.text.splitlines() == [
        "gemini-new by rubric 2-aaaaaa has judged 30 videos; nothing of it counts so far.",
        "Mean sentiment: 0.50 → 0.62.",
        "Estimates: 120 points up, 30 points down, one of them by 14 points.",
    ]
    assert calls(reply) == ["mod sentiment adopt"]
    adopted = said(posts.TRIAL, TRIAL | {"state": "adopted", "by": "Mo", "at": LATER})
    assert adopted.text.splitlines()[0] == "gemini-new by rubric 2-aaaaaa has judged 30 videos."
    assert adopted.text.splitlines()[-1] == "Adopted by Mo, 2 Mar 2026 12:04 UTC."
    assert adopted.buttons == ()
    back = said(posts.TRIAL, TRIAL | {"state": "undone", "by": "Mo", "at": LATER})
    assert back.text.splitlines()[-1].startswith("Put back on trial by Mo")
