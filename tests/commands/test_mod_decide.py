"""Decisions about redemptions: once, by one moderator, never for oneself, and each undone."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.command import run
from bot.reply import Reply, Tone, Upload
from db import check, ledger
from db.models import KeptPicture, Notice, Post, Redemption, Reward
from tests.commands.desk.redemptions import CEM, STORY, TOUR, cem_asked
from tests.commands.moderating import MUG, acts, prepare
from tests.commands.programme import ANA, ANA_MODERATING, MO, People, labelled

AL = replace(MO, user_id="70", name="Al")
OWN = "Nobody decides for themselves; another moderator has to."
PNG = Upload(b"\x89PNG\r\n\x1a\n" + bytes(20), "IMG_0815 of Ana.png", "image/png")


def refused(reply: Reply) -> str:
    assert reply.tone is Tone.REFUSED, reply
    return reply.text


async def cem_has(people: People) -> int:
    return await people.store.read(ledger.balance_of, CEM)


async def stands(people: People, redemption_id: str) -> str:
    return (await people.store.read(lambda one: one.get_one(Redemption, redemption_id))).state


async def posted(people: People, redemption_id: str) -> dict[str, object]:
    mine = select(Post.told).where(Post.key == f"redemption:{redemption_id}")
    told: dict[str, object] = await people.store.read(lambda session: session.scalar(mine))
    return told


async def mugs(people: People) -> int | None:
    return (await people.store.read(lambda one: one.get_one(Reward, "mug"))).stock


async def books(people: People) -> list[str]:
    return await people.store.read(lambda session: list(check.books(session)))


def told(session: Session) -> list[dict[str, object]]:
    rows = select(Notice.told).where(Notice.kind == "redemption").order_by(Notice.notice_id)
    return list(session.scalars(rows))


async def test_an_approval_spends_what_waited_and_needs_no_words(everybody: People):
    await cem_asked(everybody.store)
    await everybody.mo.presses(f"mod approve|{TOUR}")
    assert await stands(everybody, TOUR) == "approved"
    (record,) = await everybody.store.read(acts)
    assert (record.reason, record.before) == ("approved", {"state": "requested"})
    said = await posted(everybody, TOUR)
    assert (said["state"], said["by"], said["why"]) == ("approved", "Mo", "approved")
    assert await books(everybody) == []


async def test_a_rejection_gives_the_points_back_at_once_with_its_reason(everybody: People):
    await cem_asked(everybody.store)
    reply = await everybody.mo.says(f"/mod reject {TOUR} no tours this month")
    assert reply.text == "200 points went back to @cem, who is told why."
    assert await cem_has(everybody) == 260  # 300 - 40
    assert (await posted(everybody, TOUR))["why"] == "no tours this month"
    assert await books(everybody) == []


async def test_a_refund_gives_back_points_stock_and_limit(everybody: People):
    await prepare(everybody)
    assert await mugs(everybody) == 1
    await everybody.mo.says(f"/mod refund {MUG} it broke")
    assert await mugs(everybody) == 2
    again = await everybody.ana.presses("redeem|mug|150|00000001")
    assert again.tone is Tone.GOOD  # 234 - 150 + 150 - 150
    notices = await everybody.store.read(told)
    assert [(one["state"], one["reason"]) for one in notices] == [("refunded", "it broke")]
    assert await books(everybody) == []


async def test_who_is_second_reads_who_was_first(everybody: People):
    await cem_asked(everybody.store)
    await everybody.mo.says(f"/mod approve {TOUR}")
    for act, words in (("approve", ""), ("reject", " too late")):
        reply = await everybody.playing(AL).says(f"/mod {act} {TOUR}{words}")
        assert refused(reply) == "Approved already by Mo, 2 Mar 2026 12:00 UTC."


async def test_of_two_at_once_one_decides_and_the_other_reads_who_did(everybody: People):
    await cem_asked(everybody.store)
    for one in (everybody.mo, everybody.playing(AL)):
        await one.says("/mod grant ben 1 so that both are known by name")
    replies = await asyncio.gather(
        everybody.mo.says(f"/mod approve {TOUR}"),
        everybody.playing(AL).says(f"/mod reject {TOUR} no tours"),
    )
    (lost,) = (one for one in replies if one.tone is Tone.REFUSED)
    winner = "Mo" if replies[0].tone is Tone.GOOD else "Al"
    done = {"Mo": "Approved", "Al": "Rejected"}[winner]
    assert lost.text == f"{done} already by {winner}, 2 Mar 2026 12:00 UTC."
    assert await cem_has(everybody) == (60 if winner == "Mo" else 260)
    assert await books(everybody) == []


@pytest.mark.parametrize("line", ["fulfil {} I have it", "refund {} I want it back"])
async def test_nobody_decides_for_themselves(everybody: People, line: str):
    await prepare(everybody)
    ana = everybody.playing(ANA_MODERATING)
    assert refused(await ana.says(f"/mod {line.format(MUG)}")) == OWN
    listed = await everybody.playing(ANA).says("/redemptions")
    assert listed.table is not None
    assert "approved" in listed.table.rows[0]


async def test_nobody_undoes_a_decision_about_themselves(everybody: People):
    await prepare(everybody)
    reply = await everybody.mo.says(f"/mod refund {MUG} it broke")
    undo = labelled(reply, "Undo").call
    assert refused(await everybody.playing(ANA_MODERATING).presses(f"{undo}|mine")) == OWN


async def test_a_redemption_is_given_with_a_picture_whose_name_is_ours(everybody: People):
    await prepare(everybody)
    call = replace(everybody.mo.call(), uploads={PNG.digest: PNG})
    given = {"redemption": MUG, "evidence": "sent by post", "picture": PNG.digest}
    reply = await run(call, "mod fulfil", given)
    assert reply.title == "Given: Mug for @ana"
    kept = await everybody.store.read(lambda one: one.get_one(KeptPicture, MUG))
    assert (kept.name, kept.media_type, kept.content) == (f"{MUG}.png", "image/png", PNG.content)
    (record,) = (one for one in await everybody.store.read(acts) if one.act == "mod fulfil")
    assert record.reason == "given; how stands with the redemption"
    again = await everybody.mo.says(f"/mod fulfil {MUG} again")
    assert refused(again) == "Given already by Mo, 2 Mar 2026 12:00 UTC."


async def test_a_picture_alone_shows_that_a_redemption_was_given(everybody: People):
    await prepare(everybody)
    call = replace(everybody.mo.call(), uploads={PNG.digest: PNG})
    reply = await run(call, "mod fulfil", {"redemption": MUG, "picture": PNG.digest})
    assert reply.title == "Given: Mug for @ana"
    kept = await everybody.store.read(lambda one: one.get_one(Redemption, MUG))
    assert kept.evidence == "The picture shows it."


UNDONE = {
    "approve {tour}": (TOUR, "requested", 60),
    "reject {tour} no tours": (TOUR, "requested", 60),
    "fulfil {tour} she was here": (TOUR, "requested", 60),
    "fulfil {story} it was told": (STORY, "approved", 60),
    "refund {story} nobody wrote it": (STORY, "approved", 60),
}


@pytest.mark.parametrize("line", UNDONE)
async def test_each_decision_is_undone_by_its_opposite(everybody: People, line: str):
    redemption_id, state, left = UNDONE[line]
    await cem_asked(everybody.store)
    reply = await everybody.mo.says(f"/mod {line.format(tour=TOUR, story=STORY)}")
    undone = await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|a slip")
    assert undone.tone is Tone.GOOD, undone
    assert await stands(everybody, redemption_id) == state
    assert await cem_has(everybody) == left
    said = await posted(everybody, redemption_id)
    assert (said["state"], said["why"]) == (state, "a slip")
    assert await books(everybody) == []
    again = await everybody.mo.says(f"/mod {line.format(tour=TOUR, story=STORY)}")
    assert again.tone is Tone.GOOD, again
    assert await books(everybody) == []


async def test_a_rejection_is_not_undone_where_the_points_are_spent(everybody: People):
    await cem_asked(everybody.store)
    reply = await everybody.mo.says(f"/mod reject {TOUR} no tours")
    await everybody.mo.says("/mod deduct cem 100 counted twice")
    undone = await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|there are tours")
    assert refused(undone) == "@cem has spent what came back: 160 of 200 points are left."
    assert await stands(everybody, TOUR) == "rejected"


async def test_a_refund_is_not_undone_where_the_limit_is_used_again(everybody: People):
    await prepare(everybody)
    reply = await everybody.mo.says(f"/mod refund {MUG} it broke")
    await everybody.given("ana", 200)
    await everybody.ana.presses("redeem|mug|150|00000001")
    undone = await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|it did not")
    assert refused(undone) == (
        "Mug is limited to 1 for each creator, and they have had another since."
    )


async def test_what_was_decided_since_is_undone_first(everybody: People):
    await cem_asked(everybody.store)
    reply = await everybody.mo.says(f"/mod approve {TOUR}")
    await everybody.mo.says(f"/mod refund {TOUR} he fell ill")
    undone = await everybody.mo.presses(f"{labelled(reply, 'Undo').call}|a slip")
    assert refused(undone) == (
        f"Redemption {TOUR} is refunded since 2 Mar 2026 12:00 UTC, by Mo; undo that first."
    )
