"""What creators read of what moderators decide about their videos."""

from typing import Any

import pytest

from bot.reply import Reply, Tone
from bot.verdicts import EVENTS, verdict

TOLD = {
    "video_id": "7000000000000000002",
    "caption": "My dog, asleep",
    "reason": "the app shows it",
    "old": 106,
    "new": 126,
    "field": "likes",
    "value": 150,
    "more": 0,
}
BOTH = "106 points before, 126 points now."


def said(event: str, **other: Any) -> Reply:
    return verdict(TOLD | {"event": event} | other)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ("held", "Held, and not settled until a moderator lets it go: “My dog, asleep”."),
        ("released", "Held no more, so it settles as usual: “My dog, asleep”."),
        (
            "scored",
            f"“My dog, asleep” was scored again by a moderator: {BOTH}",
        ),
        (
            "upheld",
            f"You were right about “My dog, asleep”: Likes is 150 now. {BOTH}",
        ),
        ("dismissed", "Likes of “My dog, asleep” stays as it is, and so do its points."),
        ("reopened", "A moderator looks again at Likes of “My dog, asleep”."),
        (
            "judged",
            (
                "A moderator has watched “My dog, asleep”: Likes is 150. "
                "Its points follow at the next refresh."
            ),
        ),
        ("unjudged", "What a moderator decided about Likes of “My dog, asleep” was taken back."),
    ],
)
def test_each_event_has_its_words(event: str, text: str):
    assert said(event).text == text


@pytest.mark.parametrize("event", EVENTS)
def test_each_tells_the_reason_and_leads_to_the_receipt(event: str):
    reply = said(event)
    assert reply.note == "Why: the app shows it"
    assert [one.call for one in reply.buttons] == ["video|7000000000000000002", "points"]
    assert (reply.tone is Tone.GOOD) == (event in {"released", "upheld"})


def test_many_videos_are_told_in_one_message():
    assert said("held", more=3).text.endswith("“My dog, asleep” and 3 more.")


def test_a_video_without_a_caption_is_called_by_its_id():
    assert "video 7000000000000000002" in said("held", caption="").text


def test_a_long_caption_is_cut():
    assert "“a word a word" in said("held", caption="a word " * 90).text
    assert len(said("held", caption="a word " * 90).text) < 120


def test_a_sentiment_is_said_as_one():
    assert "Sentiment is 0.7500 now" in said("upheld", field="sentiment", value=0.75).text


def test_a_caption_of_one_endless_word_is_cut_and_not_left_out():
    said_of = said("held", caption="#" + "lemoncake" * 9).text
    assert said_of.endswith("“#lemoncakelemoncakelemoncakelemoncakelemoncakel…”.")
