"""Redeeming: it asks first, pays once, and takes nothing where a rule stands against it."""

import asyncio

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.reply import Button, Reply, Style, Tone
from db import ledger
from db.models import Entry, Redemption, Reward
from tests.commands.programme import NOW, People, said


async def balance(people: People, creator_id: str = "author-ana") -> int:
    return await people.store.read(ledger.balance_of, creator_id)


async def count_redemptions(people: People) -> int:
    statement = select(func.count()).select_from(Redemption)
    return await people.store.read(lambda session: session.scalar(statement)) or 0


async def change(people: People, reward_id: str, **terms: object) -> None:
    statement = update(Reward).where(Reward.reward_id == reward_id).values(**terms)
    await people.store.write(lambda session: session.execute(statement))


async def stock(people: People, reward_id: str) -> int | None:
    statement = select(Reward.stock).where(Reward.reward_id == reward_id)
    return await people.store.read(lambda session: session.scalar(statement))


def refused(reply: Reply) -> str:
    assert reply.tone is Tone.REFUSED
    return reply.text


async def test_redeeming_asks_first_with_price_and_balance(people: People):
    reply = await people.ana.says("/redeem mug")
    assert (reply.title, reply.text, reply.tone) == (
        "Mug for 150 points?",
        "A mug by post",
        Tone.ASK,
    )
    assert reply.facts == (("You have", "234 points"), ("You keep", "84 points"))
    confirm, not_now = reply.buttons
    assert (confirm.label, confirm.style) == ("Redeem for 150 points", Style.PRIMARY)
    assert not_now == Button("Not now", "shop")
    assert await balance(people) == 234


@pytest.mark.parametrize("name", ["mug", "MUG", "Mug", '"mug"', "“mug”"])
async def test_a_reward_is_found_however_its_name_is_typed(people: People, name: str):
    assert (await people.ana.says(f"/redeem {name}")).title == "Mug for 150 points?"


async def test_each_question_has_an_order_number_of_its_own(people: People):
    first, second = [await people.ana.says("/redeem mug") for _ in range(2)]
    assert first.buttons[0].call != second.buttons[0].call


async def test_confirming_pays_and_shows_what_is_left(everybody: People):
    asked = await everybody.ana.says("/redeem mug")
    reply = await everybody.ana.presses(asked.buttons[0])
    assert (reply.title, reply.tone) == ("Redeemed: Mug", Tone.GOOD)
    assert reply.text == "A mug by post\nIt is yours, and a moderator sees that you get it."
    assert reply.facts[:2] == (("Paid", "150 points"), ("You have now", "84 points"))
    assert (reply.note, reply.buttons) == ("", (Button("My redemptions", "redemptions"),))
    assert (await balance(everybody), await stock(everybody, "mug")) == (84, 1)


async def test_confirming_twice_pays_once_and_answers_the_same(everybody: People):
    asked = await everybody.ana.says("/redeem mug")
    first = await everybody.ana.presses(asked.buttons[0])
    second = await everybody.ana.presses(asked.buttons[0])
    assert second.facts == first.facts
    assert second.note == "This was redeemed already; it was not paid twice."
    assert (await balance(everybody), await stock(everybody, "mug")) == (84, 1)


async def test_confirming_many_times_at_once_pays_once(everybody: People):
    asked = await everybody.ana.says("/redeem story")
    replies = await asyncio.gather(*(everybody.ana.presses(asked.buttons[0]) for _ in range(12)))
    assert {one.tone for one in replies} == {Tone.GOOD}
    assert (await balance(everybody), await count_redemptions(everybody)) == (194, 1)


async def test_another_order_pays_again(everybody: People):
    for _ in range(2):
        asked = await everybody.ana.says("/redeem story")
        await everybody.ana.presses(asked.buttons[0])
    assert (await balance(everybody), await count_redemptions(everybody)) == (154, 2)


async def test_somebody_elses_button_places_an_order_of_ones_own(everybody: People):
    asked = await everybody.ana.says("/redeem story")
    await everybody.ana.presses(asked.buttons[0])
    reply = await everybody.ben.presses(asked.buttons[0])
    assert reply.note == ""
    assert await balance(everybody, "author-ben") == 66
    assert await balance(everybody, "author-ana") == 194
    assert len((await everybody.ana.says("/redemptions")).table.rows) == 1


async def test_a_price_that_changed_since_it_was_shown_is_refused_with_the_new_one(
    everybody: People,
):
    asked = await everybody.ana.says("/redeem mug")
    await change(everybody, "mug", amount=160)
    assert refused(await everybody.ana.presses(asked.buttons[0])) == (
        "Mug costs 160 points now, no longer 150; nothing was taken. "
        "Send /redeem again to see the new price."
    )
    assert (await balance(everybody), await stock(everybody, "mug")) == (234, 2)


async def test_the_last_one_sold_since_is_refused(everybody: People):
    asked = await everybody.ana.says("/redeem mug")
    await change(everybody, "mug", stock=0)
    assert refused(await everybody.ana.presses(asked.buttons[0])) == (
        "Mug is sold out; nothing was taken."
    )
    assert (await balance(everybody), await count_redemptions(everybody)) == (234, 0)


async def test_a_reward_retired_since_is_refused(everybody: People):
    asked = await everybody.ana.says("/redeem mug")
    await change(everybody, "mug", retired_at=NOW)
    assert refused(await everybody.ana.presses(asked.buttons[0])) == (
        "“mug” is not in the shop any more."
    )
    assert await balance(everybody) == 234


async def test_points_spent_since_are_refused(everybody: People):
    asked = await everybody.ana.says("/redeem tour")
    other = await everybody.ana.says("/redeem mug")
    await everybody.ana.presses(other.buttons[0])
    assert "200 points, and 84 are available" in refused(
        await everybody.ana.presses(asked.buttons[0])
    )
    assert await balance(everybody) == 84


async def test_a_limit_holds_for_what_was_asked_before_it_was_reached(everybody: People):
    await everybody.given("ana", 500)
    asked = [await everybody.ana.says("/redeem mug") for _ in range(2)]
    await everybody.ana.presses(asked[0].buttons[0])
    assert refused(await everybody.ana.presses(asked[1].buttons[0])) == (
        "Mug is limited to 1 for each creator, and you have had 1."
    )
    assert (await balance(everybody), await stock(everybody, "mug")) == (584, 1)


async def test_a_limit_reached_is_refused_before_it_is_asked(people: People):
    asked = await people.ana.says("/redeem mug")
    await people.ana.presses(asked.buttons[0])
    assert refused(await people.ana.says("/redeem mug")) == (
        "Mug is limited to 1 for each creator, and you have had 1."
    )


async def test_points_on_their_way_wait_aside_until_a_moderator_has_looked(everybody: People):
    asked = await everybody.ana.says("/redeem tour")
    assert asked.note == "A moderator looks at it first; the points wait aside."
    reply = await everybody.ana.presses(asked.buttons[0])
    assert reply.title == "Asked for: Tour"
    assert reply.text.endswith("A moderator looks at it now; until then the points wait aside.")
    again = await everybody.ana.presses(asked.buttons[0])
    assert again.note == "This was asked for already; it was not paid twice."
    assert await balance(everybody) == 34
    assert await everybody.store.read(_held, ledger.ESCROW) == 200
    redemption_id = dict(reply.facts)["Redemption"]
    done = await everybody.mo.says(f"/mod fulfil {redemption_id} she was shown around")
    assert done.tone is Tone.GOOD
    assert await everybody.store.read(_held, ledger.ESCROW) == 0
    assert await everybody.store.read(_held, ledger.SPENT) == 200


def _held(session: Session, account_id: str) -> int:
    held = select(func.coalesce(func.sum(Entry.amount), 0)).where(Entry.account_id == account_id)
    return session.scalar(held) or 0


async def test_an_order_pressed_again_after_it_was_given_tells_so(people: People):
    asked = await people.ana.says("/redeem mug")
    reply = await people.ana.presses(asked.buttons[0])
    await people.mo.says(f"/mod fulfil {dict(reply.facts)['Redemption']} sent by post")
    again = await people.ana.presses(asked.buttons[0])
    assert again.text == "A mug by post\nIt was given to you."


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/redeem car", "Car costs 10,000 points and you have 234: 9,766 to go."),
        ("/redeem", "/redeem reward: reward is missing (which reward). Type it after the command."),
        (
            '/redeem ""',
            "/redeem reward: reward is missing (which reward). Type it after the command.",
        ),
        ("/redeem yacht", "“yacht” is not in the shop. On sale: story, mug, tour, car."),
        ("/redeem it's ana's", "“it's ana's” is not in the shop. On sale: story, mug, tour, car."),
    ],
)
async def test_what_can_not_be_had_is_refused_in_words(people: People, line: str, words: str):
    assert refused(await people.ana.says(line)) == words


@pytest.mark.parametrize("call", ["redeem|mug|-150|x", "redeem|mug|0|x", "redeem|mug|1|x"])
async def test_a_forged_price_buys_nothing(everybody: People, call: str):
    assert "nothing was taken" in refused(await everybody.ana.presses(call))
    assert await balance(everybody) == 234


async def test_a_price_without_an_order_number_only_asks(people: People):
    assert (await people.ana.presses("redeem|mug|150|")).tone is Tone.ASK
    assert await balance(people) == 234


async def test_somebody_unlinked_learns_how_to_link(people: People):
    asked = await people.ana.says("/redeem story")
    for reply in (
        await people.eve.says("/redeem story"),
        await people.eve.presses(asked.buttons[0]),
    ):
        assert "Use /link with your handle" in refused(reply)
    assert "Story" not in said(await people.eve.says("/redemptions"))
