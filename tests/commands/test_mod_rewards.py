"""How moderators keep the shop."""

import pytest
from sqlalchemy import select

from bot.reply import Reply, Tone
from db.models import Audit, Reward
from tests.commands.moderating import acts
from tests.commands.programme import DAY, NOW, People
from tests.fakes.whole_database import everything


async def reward(people: People, reward_id: str) -> Reward:
    statement = select(Reward).where(Reward.reward_id == reward_id)
    return await people.store.read(lambda session: session.scalars(statement).one())


def refused(reply: Reply) -> str:
    assert reply.tone is Tone.REFUSED, reply
    return reply.text


async def test_a_new_reward_is_on_sale_under_the_terms_that_are_said_back(everybody: People):
    reply = await everybody.mo.says(
        '/mod reward add Coffee-Mug 120 "A mug by post" reason="new in" '
        'name="Coffee mug" stock=3 limit=1 approval=yes'
    )
    assert reply.title == "On sale: Coffee mug"
    assert reply.facts == (
        ("Name", "Coffee mug"),
        ("Price", "120 points"),
        ("The creator gets", "A mug by post"),
        ("Stock", "3"),
        ("Limit for each creator", "1"),
        ("A moderator looks at it first", "yes"),
    )
    kept = await reward(everybody, "coffee-mug")
    assert (kept.amount, kept.stock, kept.limit_per_creator, kept.needs_approval) == (120, 3, 1, 1)
    assert (await everybody.ana.says("/redeem coffee mug")).title == "Coffee mug for 120 points?"


async def test_terms_that_are_not_said_have_no_end(people: People):
    reply = await people.mo.says('/mod reward add story-pin 1 "A pin" because we have many')
    assert reply.title == "On sale: Story pin"
    assert reply.facts[1:] == (
        ("Price", "1 point"),
        ("The creator gets", "A pin"),
        ("Stock", "no end"),
        ("Limit for each creator", "no end"),
        ("A moderator looks at it first", "no"),
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a_b 5 x why", "A reward's id is 1 to 24 of a-z, 0-9 and -, such as coffee-mug."),
        ("-a 5 x why", "A reward's id is 1 to 24 of a-z, 0-9 and -, such as coffee-mug."),
        (f"{'a' * 25} 5 x why", "A reward's id is 1 to 24 of a-z, 0-9 and -, such as coffee-mug."),
        ("a|b 5 x why", "A reward's id is 1 to 24 of a-z, 0-9 and -, such as coffee-mug."),
        ("mug 5 x why", "There is a reward mug already; /mod reward edit changes it."),
        ("cap 0 x why", "amount is between 1 and 10,000,000, not 0."),
        ("cap 5 x why stock=-1", "stock is between 0 and 1,000,000, not -1."),
        ("cap 5 x why limit=0", "limit is between 1 and 10,000, not 0."),
        ("cap 5 x why approval=maybe", "approval is one of yes, no, not “maybe”."),
        (f"cap 5 {'x' * 201} why", "exposure is at most 200 characters long, not 201."),
        (f"cap 5 x why name={'x' * 61}", "name is at most 60 characters long, not 61."),
    ],
)
async def test_a_reward_that_can_not_be_is_refused_in_words(people: People, line: str, words: str):
    before = await people.store.read(everything)
    assert refused(await people.mo.says(f"/mod reward add {line}")) == words
    assert await people.store.read(everything) == before


async def test_an_edit_changes_what_is_named_and_nothing_else(everybody: People):
    reply = await everybody.mo.says("/mod reward edit MUG amount=160 stock=9 it became dearer")
    assert reply.title == "Changed: mug"
    assert reply.facts == (
        ("Price", "150 points → 160 points from 9 Mar 2026"),
        ("Stock", "2 → 9"),
    )
    kept = await reward(everybody, "mug")
    assert (kept.amount, kept.next_amount, kept.next_amount_at) == (150, 160, NOW + 7 * DAY)
    assert (kept.stock, kept.supplied, kept.limit_per_creator, kept.name) == (9, 9, 1, "Mug")
    (record,) = await everybody.store.read(acts)
    assert (record.before, record.after) == (
        {"amount": 150, "stock": 2, "supplied": 2},
        {
            "amount": 150,
            "next_amount": 160,
            "next_amount_at": "2026-03-09T12:00:00+00:00",
            "stock": 9,
            "supplied": 9,
        },
    )


@pytest.mark.parametrize(
    ("terms", "fact"),
    [
        ("approval=no", ("A moderator looks at it first", "yes → no")),
        ("stock=4", ("Stock", "no end → 4")),
        ('name="The tour"', ("Name", "Tour → The tour")),
        ('exposure="A walk"', ("The creator gets", "A tour of the studio → A walk")),
    ],
)
async def test_an_edit_is_said_in_words(people: People, terms: str, fact: tuple[str, str]):
    reply = await people.mo.says(f"/mod reward edit tour {terms} for the tests")
    assert reply.facts == (fact,)


async def test_an_edit_that_comes_again_does_not_undo_a_later_one(everybody: People):
    line = "/mod reward edit mug amount=160 it became dearer"
    first = await everybody.mo.says(line, key="request-1")
    await everybody.mo.says("/mod reward edit mug amount=140 it became cheaper")
    again = await everybody.mo.says(line, key="request-1")
    assert again == first
    assert (await reward(everybody, "mug")).next_amount == 140


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mug why", "Say what to change, such as amount=150, stock=20, limit=1 or lift=stock."),
        ("mug amount=150 why", "That is how mug is already; nothing was changed."),
        ("yacht amount=150 why", "There is no reward yacht."),
        ("mug amount=150 amount=160 why", "amount is given twice."),
    ],
)
async def test_an_edit_that_can_not_be_is_refused_in_words(people: People, line: str, words: str):
    before = await people.store.read(everything)
    assert refused(await people.mo.says(f"/mod reward edit {line}")) == words
    assert await people.store.read(everything) == before


async def test_a_retired_reward_is_off_sale_and_what_was_redeemed_stays(everybody: People):
    await everybody.ana.presses("redeem|mug|150|00000000")
    reply = await everybody.mo.says("/mod reward retire mug nobody wants it")
    assert (reply.title, reply.text) == ("Retired: mug", "What was redeemed stays.")
    assert "is not in the shop" in refused(await everybody.ana.says("/redeem mug"))
    listed = await everybody.ana.says("/redemptions")
    assert listed.table is not None
    assert [row[1] for row in listed.table.rows] == ["Mug"]


@pytest.mark.parametrize("line", ["mug again", "yacht why"])
async def test_only_what_is_on_sale_can_be_retired(people: People, line: str):
    await people.mo.says("/mod reward retire mug nobody wants it")
    reply = await people.mo.says(f"/mod reward retire {line}")
    assert refused(reply) in {"Mug is retired already.", "There is no reward yacht."}


async def test_what_a_moderator_writes_is_kept_as_text(everybody: People):
    nasty = "Robert'); DROP TABLE rewards;-- \x00\x1b[31m <b>@everyone</b> 🎉"
    await everybody.mo.says(f'/mod reward add odd 5 "{nasty}" why')
    kept = (await reward(everybody, "odd")).exposure
    assert kept == "Robert'); DROP TABLE rewards;--   [31m <b>@everyone</b> 🎉"
    statement = select(Audit.after)
    (after,) = await everybody.store.read(lambda session: session.scalars(statement).all())
    assert after["exposure"] == kept
