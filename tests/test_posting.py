"""What a post says at each moment, and which buttons still make sense."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.line import parse_call
from bot.posting import KINDS, words
from bot.reply import Reply
from db import posts
from db.deliveries import Due, Taken
from db.moved import Place
from tests.judged_world import TRIAL

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = "2026-03-02T12:04:00+00:00"
REDEMPTION = {
    "redemption_id": "k3x9abcdef",
    "reward": "Mug",
    "amount": 150,
    "handle": "ana",
    "state": "requested",
}
APPEAL = {
    "appeal_id": "qwertz23",
    "video_id": "77",
    "caption": "Cats on a roof",
    "handle": "ana",
    "field": "views",
    "value": 1200,
    "reason": "TikTok shows 12,000",
    "state": "open",
}
PROPOSAL = {
    "proposal_id": "asdfgh45",
    "act": "mod grant",
    "subject": "ana",
    "amount": 5000,
    "reason": "won the contest",
    "asked_by": "Mo",
    "state": "waiting",
}
RUN = {"run_id": "r", "actor": "system:scheduler", "by": ""}
COUNTS = {"judged": 12, "estimated": 40, "settled": 5, "points": 1240}
HELD = {"run_id": "r", "change_percent": 61, "changed_points": 9000, "settling_points": 400}
LEDGER = {"problems": ["creator:ana: balance 7"], "count": 1, "is_paused": True}
LATE = {name: value for name, value in REDEMPTION.items() if name not in ("state", "amount")}
IN_TIME = {"deliver_by": LATER, "returns_at": "2026-03-09T12:04:00+00:00"}
EXAMPLES: dict[str, dict[str, Any]] = {
    posts.REDEMPTION: REDEMPTION,
    posts.APPEAL: APPEAL,
    posts.PROPOSAL: PROPOSAL,
    posts.REFRESHED: {**RUN, "counts": COUNTS, "read": {"videos": 3, "readings": 12}},
    posts.FAILED: {"job": "refresh", "run_id": "r", "problem": "OSError: full", "source": None},
    posts.HELD: HELD,
    posts.OVERDUE: {**LATE, **IN_TIME},
    posts.RETURNED: REDEMPTION,
    posts.REDEEMED: {**REDEMPTION, "state": "approved"},
    posts.GATHERED: {"what": "redeemed", "count": 12, "rewards": {"Mug": 8, "Talk": 4}},
    posts.WAITING: {"count": 3, "oldest": LATER},
    posts.LEDGER: LEDGER,
    posts.PAUSED: {"reason": "stocktaking", "by": "Mo"},
    posts.RESUMED: {"reason": "counted", "by": "Mo"},
    posts.BACKUP: {"job": "backup", "problem": "the disk is full"},
    posts.REVIEWS: {"run_id": "r", "count": 3},
    posts.TRIAL: TRIAL,
}


def taken(kind: str, told: dict[str, Any] | None) -> Taken:
    due = Due("p", Place("telegram", "-1"), "waiting", NOON, None)
    return Taken(due, kind, told, NOON, 0, 1, NOON, "-1")


def said(kind: str, **other: Any) -> Reply:
    return words(taken(kind, EXAMPLES[kind] | other), Settings(data_dir=Path("nowhere")))


def pressed(reply: Reply) -> dict[str, tuple[str, str]]:
    """What each button calls, and what it asks for."""
    return {one.label: (one.call, one.asks) for one in reply.buttons}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_kind_has_words_and_buttons_that_call_a_command(kind: str):
    reply = said(kind)
    assert reply.title
    assert reply.text
    for one in reply.buttons:
        parse_call(one.call)


def test_there_is_an_example_of_every_kind():
    assert set(EXAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_post_fits_into_one_message_whatever_is_in_it(kind: str):
    def long(value: Any) -> Any:
        grown = isinstance(value, str) and len(value) > 12 and not value.startswith("2026-")
        return value * 500 if grown else value

    told = {name: long(value) for name, value in EXAMPLES[kind].items()}
    if kind == posts.LEDGER:
        told |= {"problems": ["creator:ana: balance 7" * 100] * 90, "count": 90}
    reply = words(taken(kind, told), Settings(data_dir=Path("nowhere")))
    assert len(reply.title) <= 256
    assert len(reply.text) + len(reply.note) < 2_500


def test_a_redemption_says_who_wants_what_for_how_much_and_since_when():
    reply = said(posts.REDEMPTION, deliver_by="2026-03-09T12:00:00+00:00")
    assert reply.title == "Mug for @ana"
    assert reply.text == ("150 points, asked for 2 Mar 2026 12:00 UTC.\nPromised by 9 Mar 2026.")
    assert pressed(reply) == {
        "Approve": ("mod approve|k3x9abcdef", ""),
        "Reject": ("mod reject|k3x9abcdef", "reason"),
        "Given": ("mod fulfil|k3x9abcdef", "evidence"),
    }


@pytest.mark.parametrize(
    ("state", "title", "line", "labels"),
    [
        ("approved", "Approved: Mug for @ana", "Approved by Mo, ", ["Given", "Refund"]),
        ("fulfilled", "Given: Mug for @ana", "Given by Mo, ", ["Refund"]),
        ("rejected", "Rejected: Mug for @ana", "Rejected by Mo, ", []),
        ("refunded", "Refunded: Mug for @ana", "Refunded by Mo, ", []),
    ],
)
def test_a_decided_redemption_says_who_decided_and_keeps_what_can_still_be_done(
    state: str, title: str, line: str, labels: list[str]
):
    reply = said(posts.REDEMPTION, state=state, by="Mo", at=LATER, why="as agreed")
    assert reply.title == title
    assert f"\n{line}2 Mar 2026 12:04 UTC.\n" in reply.text
    assert reply.text.endswith("How: as agreed" if state == "fulfilled" else "Why: as agreed")
    assert [one.label for one in reply.buttons] == labels


def test_what_needs_no_approval_is_to_be_given():
    reply = said(posts.REDEMPTION, state="approved")
    assert (reply.title, list(pressed(reply))) == ("Mug for @ana", ["Given", "Refund"])


def test_an_approval_without_more_words_gives_no_reason():
    reply = said(posts.REDEMPTION, state="approved", by="Mo", at=LATER, why="approved")
    assert reply.text.endswith("Approved by Mo, 2 Mar 2026 12:04 UTC.")


def test_what_the_bot_did_by_itself_says_so():
    told = {"state": "rejected", "by": "", "at": LATER, "why": "not given in time"}
    reply = said(posts.REDEMPTION, **told)
    assert "Rejected by the bot itself, 2 Mar 2026 12:04 UTC.\nWhy: not given in time" in reply.text


def test_a_decision_that_was_undone_can_be_made_again():
    reply = said(posts.REDEMPTION, state="requested", by="Mo", at=LATER, why="a slip")
    assert "Mo" not in reply.text
    assert list(pressed(reply)) == ["Approve", "Reject", "Given"]


def test_what_is_late_says_what_became_of_it():
    waits = said(posts.OVERDUE)
    assert waits.text == (
        "It was promised by 2 Mar 2026.\n"
        "What is not given by 9 Mar 2026 12:04 UTC is given back in points."
    )
    assert list(pressed(waits)) == ["Given", "Look"]
    given = said(posts.OVERDUE, state="fulfilled", by="Mo", at=LATER, why="by post")
    assert given.text.endswith("Given by Mo, 2 Mar 2026 12:04 UTC.\nHow: by post")
    assert given.buttons == ()


def test_an_appeal_says_what_is_read_now_and_how_it_is_upheld():
    reply = said(posts.APPEAL)
    assert reply.title == "Appeal: Views of “Cats on a roof”"
    assert reply.text == "@ana says: TikTok shows 12,000"
    assert reply.facts == (("Reads now", "1,200"),)
    assert reply.note == "Appeal qwertz23"
    assert pressed(reply) == {
        "Look": ("mod appeal list|qwertz23", ""),
        "Uphold": ("mod appeal uphold|qwertz23", "value"),
        "Dismiss": ("mod appeal dismiss|qwertz23", "reason"),
    }


def test_a_decided_appeal_can_only_be_looked_at():
    reply = said(posts.APPEAL, state="upheld", by="Mo", at=LATER, why="seen")
    assert reply.text.endswith("Upheld by Mo, 2 Mar 2026 12:04 UTC.\nWhy: seen")
    assert list(pressed(reply)) == ["Look"]


def test_a_proposal_says_who_wants_to_do_what_and_asks_for_a_second():
    reply = said(posts.PROPOSAL)
    assert reply.text == "Mo wants to give @ana 5,000 points.\nWhy: won the contest"
    assert pressed(reply) == {
        "Confirm": ("mod confirm|asdfgh45|yes", ""),
        "Decline": ("mod confirm|asdfgh45|no", "reason"),
    }
    decided = said(posts.PROPOSAL, state="expired", at=LATER)
    assert decided.text.endswith("Nobody confirmed it in time.")
    assert decided.buttons == ()


def test_a_refresh_is_told_in_three_lines():
    assert said(posts.REFRESHED).text.splitlines() == [
        "Read: 3 videos, 12 readings.",
        "Worked out: 12 judged, 40 estimated.",
        "Settled: 5 videos, 1,240 points.",
    ]
    quiet = said(posts.REFRESHED, counts={"judged": 1}, read={}, by="Mo")
    assert quiet.text.splitlines() == [
        "Read: nothing new.",
        "Worked out: 1 judged.",
        "Settled: nothing new.",
    ]
    assert quiet.note == "Asked for by Mo."


def test_a_held_refresh_offers_a_look_and_a_way_past_it():
    reply = said(posts.HELD)
    assert "61% (9,000 points)" in reply.text
    assert pressed(reply) == {
        "Preview": ("mod scoring preview", ""),
        "Run it anyway": ("mod refresh|yes", "reason"),
    }


def test_books_that_are_not_true_say_how_the_shop_is_opened_again():
    reply = said(posts.LEDGER, count=8)
    assert reply.text == "8 things disagree:\n• creator:ana: balance 7\nand 7 more"
    assert "/mod shop resume" in reply.note
    assert pressed(reply)["Resume"] == ("mod shop resume", "reason")
    for over in ({"is_over": True}, {"is_paused": False}):
        assert list(pressed(said(posts.LEDGER, **over))) == ["Status"]


def test_a_pause_that_is_over_can_not_be_ended_again():
    assert list(pressed(said(posts.PAUSED))) == ["Resume"]
    over = said(posts.PAUSED, is_over=True)
    assert (over.title, over.buttons) == ("The shop was paused", ())


def test_what_was_forgotten_says_nothing():
    reply = words(taken(posts.REDEMPTION, None), Settings(data_dir=Path("nowhere")))
    assert (reply.title, reply.buttons) == ("Removed", ())
    assert "ana" not in reply.text


def test_what_may_stand_twice_says_so():
    once = taken(posts.WAITING, EXAMPLES[posts.WAITING])
    again = replace(once, due=replace(once.due, state="sending"))
    reply = words(again, Settings(data_dir=Path("nowhere")))
    assert reply.note == "This may stand here twice: sending it was interrupted."


def test_the_programmes_language_is_spoken():
    settings = Settings(data_dir=Path("nowhere"), language="es")
    told = EXAMPLES[posts.REDEMPTION] | {"amount": 1_500_000}
    assert "1.500.000 puntos" in words(taken(posts.REDEMPTION, told), settings).text


def test_a_queue_says_since_when_the_oldest_waits():
    oldest = (NOON - timedelta(days=1)).isoformat()
    assert said(posts.WAITING, oldest=oldest).text == (
        "3 things wait, the oldest since 1 Mar 2026 12:00 UTC."
    )


def test_many_at_once_are_said_with_how_many_of_what():
    reply = said(posts.GATHERED)
    assert reply.title == "12 rewards are to be given"
    assert reply.text == "Mug: 8\nTalk: 4"
    assert pressed(reply) == {"Queue": ("mod queue", "")}


def test_many_that_came_back_leave_nothing_to_do():
    reply = said(posts.GATHERED, what="returned")
    assert reply.title == "12 redemptions were not given in time: their points went back"
    assert reply.buttons == ()
