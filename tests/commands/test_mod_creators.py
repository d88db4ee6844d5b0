"""One page about a creator, freezing, and notes."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.fronts.on_discord_drawing import DESCRIPTION_UNITS, EMBED_UNITS, draw
from bot.reply import Tone
from db.models import Appeal
from tests.commands.appealing import appealed, facts, undone
from tests.commands.programme import ANA_MODERATING, DOG, FRESH, LUNCH, NOW, People, labelled


async def test_the_page_says_who_they_are_and_what_they_have(people: People):
    reply = await people.mo.says("/mod creator show @ana")
    shown = facts(reply)
    assert reply.title == "@ana"
    assert shown["Linked to"] == "Ana (discord:1) since 2 Mar 2026"
    assert shown["Followers"] == "1,000, 7 videos on TikTok, seen 2 Mar 2026"
    assert shown["Points"] == "234 available, about 94 pending, 234 earned"
    assert shown["Rank"] == "1 of 2"
    assert shown["Videos"] == "2 open, 0 held, 2 settled"
    assert shown["Lunch"] == f"~94, open ({LUNCH})"
    assert shown["My new kite"] == f"…, open ({FRESH})", "the next refresh makes its points"
    assert shown["My dog, asleep"] == f"106, settled 2 Mar 2026 ({DOG})"


async def test_it_shows_what_waits_and_what_was_done(everybody: People):
    await everybody.ana.presses("redeem|mug|150|00000000")
    await everybody.mo.says(f"/mod video hold {LUNCH} the views look bought")
    appeal_id = await appealed(everybody, everybody.ana, DOG, "likes", "the app shows 150")
    await everybody.mo.says("/mod creator note ana wrote to us by mail")
    reply = await everybody.mo.says("/mod creator show ana")
    shown = facts(reply)
    assert shown[f"Appeal {appeal_id}"] == "Likes: the app shows 150"
    assert shown["Lunch"] == f"~94, held: the views look bought ({LUNCH})"
    assert [value for name, value in shown.items() if name.startswith("Redemption")] == [
        "Mug for 150, approved"
    ]
    assert shown["Note"] == "wrote to us by mail (Mo, 2 Mar 2026)"
    assert shown["2 Mar 2026, Mo"] == "/mod video hold: the views look bought"


async def test_an_act_is_looked_at_and_undone_from_the_page(everybody: People):
    await everybody.mo.says("/mod creator freeze ana the account was sold")
    page = await everybody.mo.says("/mod creator show ana")
    assert page.menu is not None
    (pick,) = page.menu.choices
    assert pick.label == "2 Mar 2026, /mod creator freeze: the account was sold"
    (undo,) = (await everybody.mo.presses(pick)).buttons
    assert (undo.label, undo.asks) == ("Undo", "reason")
    undone = await everybody.mo.presses(f"{undo.call}|it was not")
    assert undone.tone is Tone.GOOD
    assert (await everybody.ana.presses("redeem|story|40|00000000")).tone is Tone.GOOD


async def test_what_waits_is_decided_from_the_page(everybody: People):
    await everybody.ana.presses("redeem|mug|150|00000000")
    appeal_id = await appealed(everybody, everybody.ana, DOG, "likes", "the app shows 150")
    menu = (await everybody.mo.says("/mod creator show ana")).menu
    assert menu is not None
    redemption, appeal = [await everybody.mo.presses(one) for one in menu.choices]
    assert [one.label for one in redemption.buttons] == ["Given", "Refund", "Queue"]
    assert appeal.title == f"Appeal {appeal_id}: Likes of My dog, asleep"


async def test_a_note_stays_on_the_page_whatever_is_done_later(everybody: People):
    await everybody.mo.says("/mod creator note ana wrote to us by mail")
    for amount in range(1, 7):
        await everybody.given("ana", amount)
    page = await everybody.mo.says("/mod creator show ana")
    assert facts(page)["Note"].startswith("wrote to us by mail")


async def test_the_fullest_page_fits_discord(everybody: People):
    for number in range(5):
        await everybody.given("ana", 40)
        await everybody.ana.presses(f"redeem|story|40|{number:08x}")
        await everybody.mo.says(f"/mod creator note ana {'a long story ' * 30}")
    for video_id in (DOG, LUNCH):
        await appealed(everybody, everybody.ana, video_id, "likes", "because " * 50)
    await everybody.mo.says(f"/mod creator freeze ana {'for many reasons ' * 25}")
    embed = draw(await everybody.mo.says("/mod creator show ana")).embed
    assert len(embed) <= EMBED_UNITS
    assert len(embed.description or "") <= DESCRIPTION_UNITS
    assert "more" not in (embed.description or "").splitlines()[-1]


async def test_a_frozen_creator_redeems_nothing_and_is_told_why(everybody: People):
    await everybody.mo.says("/mod creator freeze ana the account was sold")
    refused = await everybody.ana.presses("redeem|story|40|00000000")
    assert refused.text == (
        "A moderator lets nothing be redeemed for you just now: the account was sold"
    )
    page = await everybody.mo.says("/mod creator show ana")
    assert page.text == "Frozen since 2 Mar 2026: the account was sold"
    assert labelled(page, "Unfreeze").asks == "reason"
    await everybody.mo.says("/mod creator unfreeze ana it was not")
    assert (await everybody.ana.presses("redeem|story|40|00000001")).tone is Tone.GOOD


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("freeze ana again", "@ana is frozen already."),
        ("unfreeze ben why", "@ben is not frozen."),
        ("freeze nobody why", "There is no creator @nobody."),
        ("show nobody", "There is no creator @nobody."),
        ("note nobody a word", "There is no creator @nobody."),
    ],
)
async def test_what_can_not_be_done_is_said(people: People, line: str, words: str):
    await people.mo.says("/mod creator freeze ana the account was sold")
    reply = await people.mo.says(f"/mod creator {line}")
    assert (reply.text, reply.tone) == (words, Tone.REFUSED)


async def test_nobody_unfreezes_themselves(people: People):
    await people.mo.says("/mod creator freeze ana the account was sold")
    reply = await people.playing(ANA_MODERATING).says("/mod creator unfreeze ana mine")
    assert reply.text.startswith("Nobody decides for themselves")


async def test_each_of_them_is_undone(everybody: People):
    await everybody.mo.says("/mod creator freeze ana the account was sold")
    await everybody.mo.says("/mod creator unfreeze ana it was not")
    assert (await undone(everybody, "mod creator unfreeze")).tone is Tone.GOOD
    page = await everybody.mo.says("/mod creator show ana")
    assert page.text == "Frozen since 2 Mar 2026: a mistake"


async def test_a_note_that_was_taken_back_stands_on_the_page_no_more(everybody: People):
    await everybody.mo.says("/mod creator note ana owes us a parcel")
    assert "owes us a parcel" in str(facts(await everybody.mo.says("/mod creator show ana")))
    assert (await undone(everybody, "mod creator note")).tone is Tone.GOOD
    shown = facts(await everybody.mo.says("/mod creator show ana"))
    assert "owes us a parcel" not in str(shown)


async def test_the_buttons_ask_for_the_words_they_need(people: People):
    page = await people.mo.says("/mod creator show ana")
    assert [(one.label, one.call, one.asks) for one in page.buttons] == [
        ("Freeze", "mod creator freeze|ana", "reason"),
        ("Note", "mod creator note|ana", "text"),
        ("Points", "mod points|ana", ""),
    ]


async def test_an_open_appeal_stays_on_the_page_however_many_came_after_it(everybody: People):
    def opened(session: Session) -> None:
        same = {"creator_id": "author-ana", "field": "likes", "reason": "it is wrong"}
        rows = [
            same
            | {
                "appeal_id": f"appeal{number:02}",
                "video_id": DOG,
                "opened_at": NOW + number * timedelta(minutes=1),
                "state": "withdrawn" if number else "open",
            }
            for number in range(60)
        ]
        session.execute(insert(Appeal), rows)

    await everybody.store.write(opened)
    page = await everybody.mo.says("/mod creator show ana")
    assert [name for name, _value in page.facts if name.startswith("Appeal")] == ["Appeal appeal00"]
