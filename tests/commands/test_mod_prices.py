"""Who reaches which reward: by hand on the tiny programme, and where there is little to go by.

Its first video is 30 days old, so of a season of 91 days 30 are known.

                 earned   in a season              points a week
    ana   128 + 106 + 94 = 328   328 x 91 / 30 = 994.9     76.53
    ben   106 +   0      = 106   106 x 91 / 30 = 321.5     24.73, in the middle
    cem    94             =  94    94 x 91 / 30 = 285.1     21.93
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.reply import Reply
from db import rewards
from db.models import Reward
from db.pace import Reach
from db.rewards import Terms
from tests.commands.programme import DAY, NOW, People, labelled

WEEK = timedelta(weeks=1)


def rows_of(reply: Reply) -> tuple[tuple[str, ...], ...]:
    assert reply.table is not None
    return reply.table.rows


async def test_share_weeks_and_sales_of_each_reward(people: People):
    for reward_id, price in (("pin", 286), ("cap", 322), ("bag", 995)):
        terms = Terms(reward_id.title(), price, "Something")
        await people.store.write(rewards.add, reward_id, terms, NOW)
    await people.ana.presses("redeem|mug|150|00000000")
    reply = await people.mo.says("/mod shop prices")
    assert reply.text == "Half of the creators reach 321 points in a season."
    assert reply.facts == (("Counted", "3 creators with a video since 31 Jan 2026"),)
    assert rows_of(reply) == (
        ("Story", "40", "100%", "1.6", "0"),  # 40 / 24.73 = 1.62
        ("Mug", "150", "100%", "6.1", "1"),  # 150 / 24.73 = 6.06
        ("Tour", "200", "100%", "8.1", "0"),  # 200 / 24.73 = 8.09
        ("Pin", "286", "67%", "11.6", "0"),  # more than 285.1
        ("Cap", "322", "33%", "13.0", "0"),  # more than 321.5
        ("Bag", "995", "0%", "40.2", "0"),  # more than 994.9
        ("Car", "10,000", "0%", "404.3", "0"),
    )
    assert reply.picture is not None
    assert "Pin 67%, Cap 33%" in reply.picture.alt


async def test_what_was_posted_before_the_season_counts_no_more(people: People):
    """66 days later Ana's garden and lunch are left, 222, and Cem's boat, 94, in all 91 days."""
    later = replace(people.mo, at=NOW + 66 * DAY)
    reply = await later.says("/mod shop prices")
    assert reply.facts == (("Counted", "2 creators with a video since 5 Feb 2026"),)
    assert reply.text == "Half of the creators reach 222 points in a season."
    assert rows_of(reply)[1][2:4] == ("50%", "8.8")  # 150 / (222 / 13 weeks) = 8.78
    assert rows_of(reply)[2][2:4] == ("50%", "11.7")  # 200 / (222 / 13 weeks) = 11.71


async def test_the_price_that_holds_now_is_judged(people: People):
    terms = {"next_amount": 286, "next_amount_at": NOW}
    statement = update(Reward).where(Reward.reward_id == "mug").values(**terms)
    await people.store.write(lambda session: session.execute(statement))
    assert ("Mug", "286", "67%", "11.6", "0") in rows_of(await people.mo.says("/mod shop prices"))


async def test_without_videos_or_rewards_there_is_nothing_to_judge(people: People):
    reply = await replace(people.mo, at=NOW + 91 * DAY).says("/mod shop prices")
    assert (reply.table, reply.text) == (
        None,
        "Nobody has posted a video in the last 91 days, so there is no pace to judge by.",
    )
    await people.store.write(lambda session: session.execute(update(Reward).values(retired_at=NOW)))
    assert (await people.mo.says("/mod shop prices")).text == "Nothing is on sale yet."


async def test_many_rewards_stand_on_pages(people: People):
    for number in range(6):
        terms = Terms(f"Pin {number}", 1 + number, "A pin")
        await people.store.write(rewards.add, f"pin-{number}", terms, NOW)
    first = await people.mo.says("/mod shop prices")
    assert (len(rows_of(first)), first.note[:13]) == (8, "Page 1 of 2. ")
    second = await people.mo.presses(labelled(first, "More ›"))
    assert [row[0] for row in rows_of(second)] == ["Tour", "Car"]


@pytest.mark.parametrize(
    ("points", "price", "count", "weeks"),
    [
        ((0, 0, 100), 100, 1, None),
        ((0, 100), 100, 1, 13),
        ((0, 100), 101, 0, 13.13),
        ((99, 100, 100, 500), 100, 3, 13),
    ],
)
def test_a_reward_is_reached_by_whoever_earns_its_price_in_a_season(
    points: tuple[int, ...], price: int, count: int, weeks: float | None
):
    reach = Reach(points, 91 * DAY, 91 * DAY)
    assert (reach.count(price), reach.weeks(price)) == (count, pytest.approx(weeks))
    assert replace(reach, span=182 * DAY).count(-(-price // 2)) == count
    assert reach.count(reach.half) * 2 >= len(points)
