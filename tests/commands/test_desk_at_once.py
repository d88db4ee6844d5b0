"""Moderators, creators and a refresh at the same moment: one is first, and nothing is lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.reply import Reply, Tone
from db.models import Audit
from scoring.refresh import Refresh, refresh
from tests.commands.appealing import appealed, balance, points_of, true_books
from tests.commands.desk_moving import lu, refresh_id, stands
from tests.commands.programme import DAY, DOG, GARDEN, LUNCH, NOW, People, _judge
from tests.commands.test_two_people import BIG, proposed


def good(replies: list[Reply]) -> list[Reply]:
    return [one for one in replies if one.tone is not Tone.REFUSED]


async def settle(people: People, days: int = 30) -> int:
    plan = replace(people.settings.plan, judge="none")
    work = Refresh(people.store, plan, NOW + days * DAY, anyway=True)
    summary = await refresh(work, "system:test")
    assert summary.problem is None
    return summary.counts["settled"]


async def test_confirming_and_declining_one_of_them_counts(everybody: People):
    proposal = proposed(await everybody.mo.says(BIG))
    replies = await asyncio.gather(
        lu(everybody).says(f"/mod confirm {proposal}"),
        everybody.playing(replace(lu(everybody).caller, user_id="27")).says(
            f'/mod confirm {proposal} answer=no reason="too much"'
        ),
    )
    (first,) = good(list(replies))
    expected = (1_235, 0) if first is replies[0] else (234, 0)
    assert await stands(everybody, "ana") == expected


async def test_upholding_while_the_video_settles_pays_the_right_figure_once(everybody: People):
    appeal_id = await appealed(everybody, everybody.ana, LUNCH, "likes", "it shows 100")
    line = f"/mod appeal uphold {appeal_id} 100 it does"
    reply, _settled = await asyncio.gather(everybody.mo.says(line), settle(everybody))
    assert reply.tone is Tone.GOOD, reply
    await settle(everybody, 31)
    assert await points_of(everybody, LUNCH) == 106  # 94 + 6 + 6, as engagement counts them too
    assert await true_books(everybody)


async def test_everything_about_one_creator_at_once(everybody: People):
    await everybody.store.write(_judge, DOG, 0.75)
    appeal_id = await appealed(everybody, everybody.ana, GARDEN, "likes", "it shows 160")
    run_id = await refresh_id(everybody)
    mo = replace(everybody.mo, at=NOW + timedelta(hours=1))
    lines = (
        f"/mod appeal uphold {appeal_id} 160 it does",
        f"/mod video rescore {DOG} judged since",
        f'/mod undo-run {run_id} sure=yes reason="wrong"',
        "/mod grant ana 10 a prize",
        "/mod deduct ana 5 counted twice",
        f"/mod reverse settle-video:{DOG} bought likes",
    )
    bought = everybody.ana.presses("redeem|mug|150|00000000")
    await asyncio.gather(bought, settle(everybody), *map(mo.says, lines))
    assert await true_books(everybody)


async def test_two_undo_one_grant(everybody: People):
    await everybody.mo.says("/mod grant ana 100 a prize")
    audit = await everybody.store.read(lambda one: one.scalars(select(Audit.audit_id)).one())
    replies = await asyncio.gather(
        everybody.mo.says(f"/mod undo {audit} why"), lu(everybody).says(f"/mod undo {audit} why")
    )
    assert len(good(list(replies))) == 1
    assert await balance(everybody, "ana") == 234
