"""A receipt's table: exact figures on a phone's line; and points that its figures do not give."""

import logging

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from bot.commands.receipt import marks_told, receipt_table
from bot.fronts.narrow import table_lines
from bot.reply import Tone
from db.models import Reading, Video
from scoring.formula.explain import Basis, Contribution, Explanation
from scoring.formula.rules import FIELDS
from tests.commands.programme import BASELINE, GARDEN, LUNCH, People, labelled, said


def explanation(
    *figures: float | None, z: float = 2.12345, basis: Basis = Basis.MEASURED
) -> Explanation:
    """Explain a video of these seven figures, with one z for all."""
    contributions = tuple(
        Contribution(name, figure, z, -1_205, Basis.MISSING if figure is None else basis)
        for name, figure in zip(FIELDS, figures, strict=True)
    )
    return Explanation(
        points=16, base_hundredths=10_000, contributions=contributions, remainder_hundredths=35,
        floored=False, capped=False, under_min_views=False,
    )  # fmt: skip


def shown(why: Explanation) -> dict[str, tuple[str, ...]]:
    return {name: tuple(rest) for name, *rest in receipt_table(why).rows}


def test_counts_are_exact_and_a_sentiment_is_shown_as_it_was_kept():
    rows = shown(explanation(60_512, 1_234, 0, 7, 12, 0.08978, 0.5011))
    assert rows["Views"][0] == "60,512"
    assert rows["Engagement"][0] == "8.98%"
    assert rows["Sentiment"][0] == "0.5011"


def test_a_sentiment_of_more_decimals_keeps_them():
    assert shown(explanation(1, 1, 1, 1, 1, 0.1, 0.123456789))["Sentiment"][0] == "0.123456789"


@pytest.mark.parametrize(
    ("views", "z"),
    [(60_512, "+2.1235"), (1_234_567, "+2.123"), (12_345_678, "+2.12"), (123_456_789, "+2.1")],
)
def test_z_has_as_many_decimals_as_a_phone_has_room_for(views: int, z: str):
    why = explanation(views, 1_234, 0, 7, 12, 0.08978, 0.5011)
    lines = table_lines(receipt_table(why))
    assert lines is not None
    assert max(map(len, lines)) <= 34
    assert shown(why)["Views"] == (f"{views:,}", z, "−12.05")


def test_a_z_that_was_held_back_shows_its_limit():
    why = explanation(9, 9, 9, 9, 9, 0.1, 0.5, z=-3, basis=Basis.CLIPPED)
    assert shown(why)["Likes"][1] == "−3*"
    assert marks_told(why) == "* z ends here. "


def test_what_is_not_told_says_what_it_is_worth():
    why = explanation(9, None, 9, 9, 9, 0.1, None)
    rows = shown(why)
    assert rows["Likes"][:2] == ("not told", "+2.123°")
    assert rows["Sentiment"][:2] == ("not told", "+2.123")
    assert marks_told(why) == (
        "° not told, so it takes the mean z of the other counts. "
        "Engagement or sentiment that is not told has z 0. "
    )


async def test_a_receipt_leads_to_its_baseline(people: People):
    receipt = await people.ana.says(f"/video {GARDEN}")
    assert f"/about {BASELINE.baseline_id} has the figures behind each z." in receipt.note
    shown = await people.ana.presses(labelled(receipt, "Its baseline"))
    assert dict(shown.facts)["Baseline"] == f"{BASELINE.baseline_id}, fitted on 300 videos"


async def lower_the_likes_kept(people: People) -> None:
    """Change history behind the back of the trigger that forbids it."""
    change = update(Reading).where(Reading.video_id == GARDEN).values(likes=50)

    def tamper(session: Session) -> None:
        session.execute(text("DROP TRIGGER readings_no_update"))
        session.execute(change)

    await people.store.write(tamper)


async def test_points_that_the_figures_do_not_give_are_shown_as_they_were_paid(
    people: People, caplog: pytest.LogCaptureFixture
):
    await lower_the_likes_kept(people)
    with caplog.at_level(logging.ERROR, logger="bot"):
        reply = await people.ana.says(f"/video {GARDEN}")
    assert reply.title == "My garden in spring: 128 points"
    assert reply.text == (
        "Settled on 2 Mar 2026: these points are yours for good. But the figures that were kept "
        "for it do not give this number: please tell a moderator, who finds out by "
        "`fairpoints check --ledger` on the server."
    )
    assert reply.table is None
    assert reply.picture is None
    # 100 + 20 - 10 + 0 - 10 + 0 - 12.50 + 10 = 97.50: 75 / 2,000 lies 1.25 sd below the mean.
    derived = caplog.records[-1]
    assert derived.levelno == logging.ERROR
    assert derived.getMessage() == f"video {GARDEN} has 128 points; its figures give 98"
    assert "98" not in said(reply).replace(BASELINE.baseline_id, "")


async def test_an_estimate_that_was_changed_is_told_as_well(people: People):
    change = update(Video).where(Video.video_id == LUNCH).values(video_points=500)
    await people.store.write(lambda session: session.execute(change))
    reply = await people.ana.says(f"/video {LUNCH}")
    assert reply.title == "Lunch: 500 points"
    assert reply.text.startswith("An estimate until it settles on 11 Mar 2026. But the figures")
    assert (reply.table, reply.tone) == (None, Tone.PLAIN)
