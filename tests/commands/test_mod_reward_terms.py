"""The terms of a reward as moderators type them: given, lifted, refused, and undone."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.command import suggestions
from bot.reply import Reply, Tone
from db.models import Reward
from tests.commands.programme import DAY, NOW, People, labelled
from tests.fakes.whole_database import everything

BAD_TIME = (
    "{name} is a day or a time in UTC, such as 2026-12-05 or 2026-12-05T18:00, or never; "
    "not “{typed}”."
)
ALL_TERMS = (
    "min_followers=2000 linked_days=30 sale_from=2026-03-01 sale_until=2026-12-05 deliver_days=7"
)


async def reward(people: People, reward_id: str) -> Reward:
    statement = select(Reward).where(Reward.reward_id == reward_id)
    return await people.store.read(lambda session: session.scalars(statement).one())


def refused(reply: Reply) -> str:
    assert reply.tone is Tone.REFUSED, reply
    return reply.text


async def undo(people: People, done: Reply) -> Reply:
    """Press the button that takes an act back, and say why."""
    return await people.mo.presses(f"{labelled(done, 'Undo').call}|it was a mistake")


async def test_every_term_can_be_given_at_once_and_is_said_back(everybody: People):
    reply = await everybody.mo.says(f'/mod reward add cap 120 "A cap" reason=new {ALL_TERMS}')
    assert reply.facts[6:] == (
        ("Followers needed", "2,000"),
        ("Days linked before", "30"),
        ("On sale from", "1 Mar 2026 00:00 UTC"),
        ("On sale until", "5 Dec 2026 23:59 UTC"),
        ("Given within days", "7"),
    )
    kept = await reward(everybody, "cap")
    assert (kept.min_followers, kept.linked_days, kept.deliver_days) == (2_000, 30, 7)
    assert str(kept.sale_from) == "2026-03-01 00:00:00+00:00"
    assert str(kept.sale_until) == "2026-12-05 23:59:59.999999+00:00"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026-12-05T18:00", "2026-12-05 18:00:00+00:00"),
        ('"2026-12-05 18:00"', "2026-12-05 18:00:00+00:00"),
        ("2026-12-05T18:00+02:00", "2026-12-05 16:00:00+00:00"),
        ("2026-12-05T18:00Z", "2026-12-05 18:00:00+00:00"),
        ("20261205", "2026-12-05 00:00:00+00:00"),
    ],
)
async def test_a_time_is_read_in_utc_unless_it_says_otherwise(
    people: People, typed: str, kept: str
):
    await people.mo.says(f"/mod reward edit tour sale_from={typed} for the tests")
    assert str((await reward(people, "tour")).sale_from) == kept


@pytest.mark.parametrize("name", ["sale_from", "sale_until"])
@pytest.mark.parametrize("typed", ["soon", "2026-13-01", "12/05/2026", "1999-01-01", "9999-12-31"])
async def test_a_time_that_is_none_is_refused_with_what_is_allowed(
    people: People, name: str, typed: str
):
    before = await people.store.read(everything)
    for line in (f"add cap 120 A reason=new {name}={typed}", f"edit mug {name}={typed} why"):
        reply = await people.mo.says(f"/mod reward {line}")
        assert refused(reply) == BAD_TIME.format(name=name, typed=typed)
    assert await people.store.read(everything) == before


@pytest.mark.parametrize(
    "line",
    [
        "add cap 120 A reason=new sale_from=2026-05-02 sale_until=2026-05-01",
        "edit mug sale_from=2026-05-02 sale_until=2026-05-01 why",
    ],
)
async def test_a_sale_that_ends_before_it_begins_is_refused(people: People, line: str):
    assert refused(await people.mo.says(f"/mod reward {line}")) == (
        "sale_until comes after sale_from; 1 May 2026 23:59 UTC does not."
    )


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("lift=stock", ("Stock", "2 → no end")),
        ("lift=limit", ("Limit for each creator", "1 → no end")),
        ("limit=0", ("Limit for each creator", "1 → no end")),
    ],
)
async def test_a_stock_and_a_limit_can_be_lifted(everybody: People, line: str, fact: object):
    reply = await everybody.mo.says(f"/mod reward edit mug {line} for the tests")
    assert reply.facts == (fact,)
    kept = await reward(everybody, "mug")
    assert None in {kept.stock, kept.limit_per_creator}


@pytest.mark.parametrize(
    "line",
    [
        "lift=min_followers,linked_days,sale_from,sale_until,deliver_days",
        'lift="min_followers linked_days sale_from sale_until deliver_days"',
        "min_followers=0 linked_days=0 sale_from=never sale_until=Never deliver_days=0",
    ],
)
async def test_every_other_term_can_be_lifted_in_either_way(everybody: People, line: str):
    await everybody.mo.says(f"/mod reward edit mug {ALL_TERMS} why")
    reply = await everybody.mo.says(f"/mod reward edit mug {line} why")
    assert reply.facts == (
        ("Followers needed", "2,000 → none"),
        ("Days linked before", "30 → none"),
        ("On sale from", "1 Mar 2026 00:00 UTC → none"),
        ("On sale until", "5 Dec 2026 23:59 UTC → none"),
        ("Given within days", "7 → none"),
    )
    kept = await reward(everybody, "mug")
    assert {kept.min_followers, kept.linked_days, kept.sale_from, kept.deliver_days} == {None}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "lift=name",
            (
                "lift names one or more of stock, limit, min_followers, linked_days, sale_from, "
                "sale_until, deliver_days, not “name”."
            ),
        ),
        ("lift=stock stock=5", "stock is given and lifted; say one of them."),
        ("lift=sale_until", "That is how mug is already; nothing was changed."),
        ("limit=-1", "limit is between 0 and 10,000, not -1."),
    ],
)
async def test_what_can_not_be_lifted_is_refused_in_words(people: People, line: str, words: str):
    assert refused(await people.mo.says(f"/mod reward edit mug {line} why")) == words


async def test_what_can_be_lifted_is_suggested_and_so_is_what_is_retired(people: People):
    await people.mo.says("/mod reward retire mug why")
    call = people.mo.call()
    lift = await suggestions(call, "mod reward edit", "lift", "sale")
    assert [one.value for one in lift] == ["sale_from", "sale_until"]
    offered = await suggestions(call, "mod reward edit", "reward", "u")
    assert [one.label for one in offered] == ["Tour", "Mug (retired)"]


async def test_an_edit_is_undone(everybody: People):
    line = f"/mod reward edit mug amount=180 stock=9 name=Cup {ALL_TERMS} why"
    assert (await undo(everybody, await everybody.mo.says(line))).tone is Tone.GOOD
    kept = await reward(everybody, "mug")
    assert (kept.name, kept.amount, kept.next_amount, kept.stock) == ("Mug", 150, None, 2)
    assert (kept.min_followers, kept.sale_until, kept.deliver_days) == (None, None, None)


async def test_an_edit_that_was_edited_again_since_is_not_undone(everybody: People):
    first = await everybody.mo.says("/mod reward edit mug deliver_days=7 why")
    await everybody.mo.says("/mod reward edit mug deliver_days=3 why")
    reply = await undo(everybody, first)
    assert refused(reply).startswith("The terms of Mug were changed again since")
    assert (await reward(everybody, "mug")).deliver_days == 3


async def test_what_was_put_on_sale_is_retired_and_back_again(everybody: People):
    added = await everybody.mo.says('/mod reward add cap 120 "A cap" reason=new')
    assert (await undo(everybody, added)).tone is Tone.GOOD
    assert "is not in the shop" in refused(await everybody.ana.says("/redeem cap"))
    retired = await everybody.mo.says("/mod reward retire mug why")
    assert (await undo(everybody, retired)).tone is Tone.GOOD
    assert (await everybody.ana.says("/redeem mug")).title == "Mug for 150 points?"


async def test_only_the_newest_of_being_put_on_sale_and_retired_is_undone(everybody: People):
    first = await everybody.mo.says('/mod reward add cap 120 "A cap" reason=new')
    later = replace(everybody.mo, at=NOW + DAY)
    await later.says("/mod reward retire cap why")
    await later.says('/mod reward add cap 130 "A cap" reason=again')
    assert refused(await undo(everybody, first)) == "cap was put on sale or retired again since."
    assert (await everybody.ana.says("/redeem cap")).title == "Cap for 130 points?"


async def test_a_retired_reward_comes_back_with_new_terms_and_that_is_said(everybody: People):
    await everybody.ana.presses("redeem|mug|150|00000000")
    await everybody.mo.says("/mod reward retire mug why")
    reply = await everybody.mo.says('/mod reward add mug 90 "A small mug" reason=again limit=1')
    assert (reply.title, reply.tone) == ("On sale: Mug", Tone.GOOD)
    assert reply.text == (
        "It was retired and is back; what was redeemed before counts for its limit."
    )
    assert refused(await everybody.ana.says("/redeem mug")) == (
        "Mug is limited to 1 for each creator, and you have had 1."
    )
    kept = await reward(everybody, "mug")
    assert (kept.amount, kept.exposure, kept.stock) == (90, "A small mug", None)
