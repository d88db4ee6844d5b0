"""The queue as moderators see it: what waits, what is late, and one redemption with all of it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.reply import Reply, Tone
from db import pictures, redemptions
from db.models import Redemption
from tests.commands.desk.redemptions import STORY, TOUR, cem_asked
from tests.commands.moderating import MUG, prepare
from tests.commands.programme import NOW, People, labelled
from tests.fakes.whole_database import everything

GIF = b"GIF89a" + bytes(20)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def table_of(reply: Reply) -> tuple[tuple[str, ...], ...]:
    assert reply.table is not None, reply
    return reply.table.rows


async def promise(people: People, redemption_id: str, days: int) -> None:
    """Let a redemption be promised for so many days from now."""
    mine = update(Redemption).where(Redemption.redemption_id == redemption_id)
    by = mine.values(deliver_by=NOW + timedelta(days=days))
    await people.store.write(lambda session: session.execute(by))


async def test_an_empty_queue_says_so(people: People):
    reply = await people.mo.says("/mod queue")
    assert (reply.text, reply.facts, reply.tone) == ("No redemption waits.", (), Tone.PLAIN)


async def test_the_queue_lists_what_waits_and_for_what(people: People):
    await prepare(people)
    await cem_asked(people.store)
    await promise(people, TOUR, days=3)
    await promise(people, STORY, days=-1)
    reply = await people.mo.says("/mod queue")
    assert set(table_of(reply)) == {
        (MUG, "Mug, @ana", "giving since 2 Mar 2026"),
        (TOUR, "Tour, @cem", "a decision, promised by 5 Mar 2026"),
        (STORY, "Story, @cem", "giving, overdue since 1 Mar 2026"),
    }
    assert reply.facts[:3] == (("To approve", "1"), ("To give", "2"), ("Overdue", "1"))


async def test_the_queue_counts_what_else_waits_with_the_command_that_lists_it(people: People):
    await prepare(people)
    reply = await people.mo.says("/mod queue")
    counts = dict(reply.facts)
    assert counts["Claims"] == "1: /mod verify"
    assert counts["Disputes"] == "1: /mod disputes"


async def test_the_oldest_is_decided_by_a_button_and_others_are_picked(everybody: People):
    await cem_asked(everybody.store)
    reply = await everybody.mo.says("/mod queue")
    oldest = table_of(reply)[0][0]
    assert reply.menu is not None
    assert [one.call for one in reply.menu.choices] == [
        f"mod queue|{one}" for one in {TOUR, STORY} - {oldest}
    ]
    alone = await everybody.mo.presses(f"mod queue|{TOUR}")
    assert [(one.label, one.asks) for one in alone.buttons] == [
        ("Approve", ""),
        ("Reject", "reason"),
        ("Given", "evidence"),
        ("Queue", ""),
    ]
    approved = await everybody.mo.presses(labelled(alone, "Approve"))
    assert (approved.title, approved.tone) == ("Approved: Tour for @cem", Tone.GOOD)
    assert [one.label for one in approved.buttons] == ["Undo", "Given", "Queue"]


@pytest.mark.parametrize(("content", "ending"), [(PNG, "png"), (GIF, "gif")])
async def test_one_redemption_is_shown_with_what_proves_it(
    people: People, content: bytes, ending: str
):
    await prepare(people)
    said = (MUG, "left at the door", "discord:7", NOW, content)
    await people.mo.says("/mod approve nosuchone")
    await people.store.write(redemptions.fulfil, *said)
    reply = await people.mo.says(f"/mod queue {MUG.upper()}")
    assert (reply.title, reply.text) == ("Mug for @ana", "A mug by post")
    facts = dict(reply.facts)
    assert facts["Evidence"] == "left at the door"
    assert facts["State"] == "fulfilled by discord:7, 2 Mar 2026 12:00 UTC"
    assert (reply.picture.name, reply.picture.png) == (f"{MUG}.{ending}", content)


async def test_the_queue_writes_nothing_and_knows_its_pages(people: People):
    await prepare(people)
    before = await people.store.read(everything)
    assert (await people.mo.says("/mod queue 2")).text == "There is no page 2; there is only one."
    assert (await people.mo.says("/mod queue nosuchone")).text == (
        "There is no redemption nosuchone. /mod queue lists the open ones."
    )
    assert await people.store.read(everything) == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "A picture is a PNG, JPEG, WebP or GIF file; this file is none of them."),
        (b"<svg/>", "A picture is a PNG, JPEG, WebP or GIF file; this file is none of them."),
        (
            PNG + bytes(pictures.LARGEST),
            "A picture has 5,000,000 bytes at most, not 5,000,028.",
        ),
    ],
)
def test_what_is_no_picture_is_refused_in_words(content: bytes, words: str):
    with pytest.raises(pictures.Refused) as refused:
        pictures._ending(content)
    assert refused.value.reason == words


@pytest.mark.parametrize(
    ("begins", "ending"),
    [
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"GIF87a", "gif"),
        (GIF, "gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
    ],
)
def test_a_picture_is_known_by_how_it_begins(begins: bytes, ending: str):
    assert pictures._ending(begins) == ending
