"""What a notice says: everything, in the person's own language and time."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.reply import Reply, Tone
from bot.telling import EVENTS, REDEMPTIONS, words
from db.notices import ACCOUNT, CODE, REDEMPTION, SETTLED
from db.outbox import Due, Taken
from tests.notices_world import NOON

SETTINGS = Settings(data_dir=Path("nowhere"))
TOLD = {"handle": "ana", "platform": "telegram", "reason": "a word"}


def taken(kind: str, *told: dict[str, Any], **other: Any) -> Taken:
    due = Due("ana", kind, "discord", "1", "waiting")
    made = Taken(due, ("n",), told, 1, NOON, None, None, 1756)
    return replace(made, **other)


def said(kind: str, *told: dict[str, Any], **other: Any) -> Reply:
    return words(taken(kind, *told, **other), SETTINGS)


def redemption(state: str, **other: Any) -> Reply:
    told = {"redemption_id": "abc", "reward": "Mug", "amount": 150, "state": state, **other}
    return said(REDEMPTION, told)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ([(1, 1)], "1 video settled: +1 point. You have 1,756 points now."),
        ([(1, 0)], "1 video settled: +0 points. You have 1,756 points now."),
        ([(3, 300), (2, 1130)], "5 videos settled: +1,430 points. You have 1,756 points now."),
    ],
)
def test_settled_points_are_added_up(told: list[tuple[int, int]], text: str):
    reply = said(SETTLED, *({"videos": one, "points": more} for one, more in told))
    assert reply.text == text
    assert [one.call for one in reply.buttons] == ["points", "videos"]


@pytest.mark.parametrize("state", REDEMPTIONS)
def test_a_redemption_names_the_reward_and_the_reason(state: str):
    reply = redemption(state, reason="out of stock")
    assert "Mug" in reply.text
    assert "out of stock" in reply.note
    assert (reply.tone is Tone.GOOD) == (state in {"approved", "fulfilled"})


@pytest.mark.parametrize("event", EVENTS)
def test_whoever_has_become_somebody_is_shown_to_their_points(event: str):
    buttons = said(ACCOUNT, {"event": event, **TOLD}).buttons
    assert [one.call for one in buttons] == (["points"] if event in {"linked", "connected"} else [])


@pytest.mark.parametrize("state", ["rejected", "refunded"])
def test_what_comes_back_is_said(state: str):
    reply = redemption(state, reason="out of stock")
    assert "150 points came back to you" in reply.text
    assert reply.note == "Why: out of stock"


def test_without_a_reason_none_is_made_up():
    assert redemption("fulfilled").note == ""


def test_a_code_says_when_it_ends_in_the_persons_own_time():
    told = {"code_id": "c", "handle": "ana", "expires_at": NOON.isoformat()}
    assert "expires at 2 Mar 2026 12:00 UTC." in said(CODE, told).text
    local = said(CODE, told, timezone="Asia/Kuala_Lumpur")
    assert "expires at 2 Mar 2026 20:00 UTC+8." in local.text


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_of_an_account_has_words(event: str):
    reply = said(ACCOUNT, {"event": event, **TOLD})
    assert "{" not in reply.text
    assert "@ana" in reply.text or "Telegram" in reply.text


def test_a_hold_is_said():
    told = {"event": "linked", "handle": "ana", "held_until": NOON.isoformat()}
    assert said(ACCOUNT, told).note == "Redeeming is possible from 2 Mar 2026 12:00 UTC on."


@pytest.mark.parametrize(
    ("chosen", "configured", "number"),
    [
        (None, "en", "12,345"),
        (None, "es", "12.345"),
        ("es", "en", "12.345"),
        ("en", "es", "12,345"),
    ],
)
def test_it_is_said_as_the_person_chose_else_as_the_programme_says(
    chosen: str | None, configured: str, number: str
):
    settings = Settings(data_dir=Path("nowhere"), language=configured)
    one = taken(SETTLED, {"videos": 1, "points": 1}, balance=12_345, language=chosen)
    assert number in words(one, settings).text
