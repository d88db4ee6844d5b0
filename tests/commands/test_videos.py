"""Lists of videos, and receipts. The figures are worked out on paper in `programme`."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import update

from bot.command import Caller
from bot.reply import Button, Reply, Tone
from db.models import Video
from tests.commands.programme import (
    AVERAGE,
    BOAT,
    CAT,
    DOG,
    FRESH,
    GARDEN,
    LUNCH,
    YAWN,
    People,
    _read,
    _seen,
    labelled,
    said,
)


def rows_of(reply: Reply) -> tuple[tuple[str, ...], ...]:
    assert reply.table is not None
    return reply.table.rows


async def test_videos_are_listed_newest_first(people: People):
    reply = await people.ana.says("/videos")
    assert reply.title == "Your videos, newest first"
    assert rows_of(reply) == (
        ("1", "My new kite", "2 Mar 2026", "?", "…"),
        ("2", "Lunch", "25 Feb 2026", "1,000", "~94"),
        ("3", "My garden in spring", "10 Feb 2026", "2,000", "128"),
        ("4", "My dog, asleep", "31 Jan 2026", "1,000", "106"),
    )
    assert reply.note == "4 videos in all. ~ marks an estimate that still moves."


@pytest.mark.parametrize(
    ("sort", "first"), [("points", "My garden"), ("views", "My garden"), ("newest", "My new")]
)
async def test_videos_are_sorted_as_asked(people: People, sort: str, first: str):
    reply = await people.ana.says(f"/videos {sort}")
    assert reply.title == f"Your videos, {sort} first"
    assert rows_of(reply)[0][1].startswith(first)


async def test_the_receipt_of_each_video_can_be_chosen(people: People):
    reply = await people.ana.says("/videos")
    assert reply.menu.prompt == "Why these points?"
    assert [one.label[0] for one in reply.menu.choices] == ["1", "2", "3", "4"]
    receipt = await people.ana.presses(labelled(reply, "3 My garden in spring: 128"))
    assert receipt.title == "My garden in spring: 128 points"


async def test_videos_turn_pages_of_six(people: People):
    more = [_seen("ana", f"700000000000000010{n}", 0, "A kite", AVERAGE) for n in range(3)]
    await people.store.write(_read, more)
    first = await people.ana.says("/videos likes")
    assert len(rows_of(first)) == 6
    assert first.note.startswith("Page 1 of 2. 7 videos in all.")
    second = await people.ana.presses(labelled(first, "More ›"))
    assert [row[0] for row in rows_of(second)] == ["7"]
    assert [one.label[0] for one in (*second.menu.choices, *second.buttons)] == ["7", "‹"]
    assert labelled(second, "‹ Back").call == "videos|likes|1"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/videos newest 2", "There is no page 2; there is only one."),
        ("/videos 2", "There is no page 2; there is only one."),
        ("/videos 0", "page is between 1 and 100,000, not 0."),
        ("/videos page=two", "page is a whole number, not “two”."),
        ("/videos oldest", "sort is one of newest, points, views, likes, not “oldest”."),
        ("/videos likes 1 2", "That is more than /videos [sort] [page] takes."),
    ],
)
async def test_what_can_not_be_listed_is_refused_in_words(people: People, line: str, words: str):
    assert await people.ana.says(line) == Reply(text=words, tone=Tone.REFUSED)


async def test_a_receipt_says_what_the_paper_says(people: People):
    reply = await people.ana.says(f"/video {GARDEN}")
    assert rows_of(reply) == (
        ("Base", "", "", "100.00"),
        ("Views", "2,000", "+2.0000", "20.00"),
        ("Likes", "150", "+1.0000", "10.00"),
        ("Shares", "10", "+0.0000", "0.00"),
        ("Bookmarks", "5", "−1.0000", "−10.00"),
        ("Comments", "10", "+0.0000", "0.00"),
        ("Engagement", "8.75%", "−0.2500", "−2.50"),
        ("Sentiment", "0.7500", "+1.0000", "10.00"),
        ("Rounding", "", "", "0.50"),
        ("Points", "", "", "128"),
    )
    assert reply.text == "Settled on 2 Mar 2026: these points are yours for good."


async def test_a_receipt_names_what_it_rests_on(people: People):
    reply = await people.ana.says(f"/video {GARDEN}")
    assert reply.facts == (
        ("Video", GARDEN),
        ("Posted", "10 Feb 2026 12:00 UTC"),
        ("Figures read", "25 Feb 2026 12:00 UTC"),
        ("Sentiment by", "paper: worked out"),
        ("Baseline", f"{(await _baseline_id(people))}, fitted on 300 videos"),
    )


async def _baseline_id(people: People) -> str:
    about = await people.ana.says("/about")
    return dict(about.facts)["Baseline"].partition(",")[0]


async def test_a_receipt_has_a_picture_that_says_the_same(people: People):
    reply = await people.ana.says(f"/video {GARDEN}")
    assert reply.picture is not None
    assert reply.picture.png.startswith(b"\x89PNG")
    assert reply.picture.alt == (
        "128 points: Base 100.00, Views +20.00, Likes +10.00, Shares 0.00, Bookmarks −10.00, "
        "Comments 0.00, Engagement −2.50, Sentiment +10.00, Rounding / floor +0.50."
    )


@pytest.mark.parametrize(
    ("handle", "video_id"),
    [("ana", GARDEN), ("ana", DOG), ("ana", LUNCH), ("ben", CAT), ("ben", YAWN), ("cem", BOAT)],
)
async def test_every_receipt_adds_up(people: People, handle: str, video_id: str):
    creator = people.playing(Caller("console", "1", handle, as_creator_id=f"author-{handle}"))
    *lines, total = rows_of(await creator.says(f"/video {video_id}"))
    assert len(lines) == 9
    assert sum(Decimal(one[3].replace("−", "-")) for one in lines) == int(total[3])


async def test_a_sentiment_that_nobody_judged_counts_nothing(people: People):
    lines = rows_of(await people.ana.says(f"/video {DOG}"))
    assert lines[7] == ("Sentiment", "not told", "+0.0000", "0.00")
    assert lines[9][3] == "106"


async def test_an_open_video_is_told_as_an_estimate(people: People):
    reply = await people.ana.says(f"/video {LUNCH}")
    assert reply.title == "Lunch: 94 points"
    assert reply.text == "An estimate until it settles on 11 Mar 2026."


async def test_a_video_with_few_views_says_by_which_rule_it_earns_nothing(people: People):
    settings = people.settings.model_copy(
        update={"scoring": people.settings.scoring.model_copy(update={"min_views": 7})}
    )
    reply = await replace(people.ben, settings=settings).says(f"/video {YAWN}")
    assert reply.title == "(no caption): 0 points"
    assert "Under 500 views a video earns nothing." in reply.text
    assert rows_of(reply)[8] == ("Rounding", "", "", "−133.00")


async def test_a_video_that_was_read_just_now_has_no_points_yet(people: People):
    reply = await people.ana.says(f"/video {FRESH}")
    assert reply.title == "My new kite"
    assert reply.text == "Its points are made at the next refresh; it was read only just now."
    assert reply.table is None


@pytest.mark.parametrize(
    "link",
    [
        f"https://www.tiktok.com/@ana/video/{GARDEN}",
        f"https://www.tiktok.com/@ana/video/{GARDEN}/?is_from_webapp=1&lang=en",
        f" {GARDEN} ",
    ],
)
async def test_a_video_is_found_by_its_link_too(people: People, link: str):
    assert (await people.ana.says(f'/video "{link}"')).title == "My garden in spring: 128 points"


@pytest.mark.parametrize("video_id", [CAT, "123", "no such video", "🎉"])
async def test_others_videos_are_as_unknown_as_none(people: People, video_id: str):
    reply = await people.ana.says(f"/video {video_id}")
    assert reply == Reply(
        text=f"You have no video {video_id}; /videos lists yours.", tone=Tone.REFUSED
    )


async def test_a_receipt_leads_back_to_the_list(people: People):
    reply = await people.ana.says(f"/video {GARDEN}")
    assert reply.buttons[-1] == Button("My videos", "videos")


async def test_a_caption_is_shown_as_it_was_written(people: People):
    nasty = '<b>"A&B"</b> @all [x](http://evil.example) `c` **d**'
    change = update(Video).where(Video.video_id == GARDEN).values(caption=nasty)
    await people.store.write(lambda session: session.execute(change))
    assert nasty[:50] in (await people.ana.says(f"/video {GARDEN}")).title
    assert '<b>"A&B"</b> @all' in said(await people.ana.says("/videos"))
