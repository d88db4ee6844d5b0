"""What is held on a person, given as a file, and erased: then no word of it is left anywhere."""

import asyncio
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.command import Caller
from bot.reply import Tone
from db import check, forgotten, inbox, ledger, points, recording
from db.models import Base, Identity, Person
from db.recording import BatchOf
from db.store import Store
from scoring import recheck
from scoring.intake.folder import rejects_writer
from tests.commands.programme import DAY, GARDEN, NOW, People, labelled
from tests.db.programme import seen

ZOE = Caller("discord", "918273645501928374", "Zoë Quill")
ON_TELEGRAM = Caller("telegram", "5566778899", "Zoë on Telegram")
PERSONAL = [
    "918273645501928374", "5566778899", "Zoë Quill", "Zoë on Telegram", "zoe.quill",
    "Quill of the woods", "garden of zoe", "tiktok.com/@zoe",
]  # fmt: skip
"""All that tells who she is."""
PARCEL = "parcel 4711 to Zoë Quill"
KITE = "7111111111111111111"
RUN = "run-zoe"
NEWCOMER = seen("7333333333333333333", "newcomer", NOW, number=2)


def row(video_id: str = KITE, **said: Any) -> Any:
    known = {
        "author_id": "6999999999999999999",
        "nickname": "Quill of the woods",
        "caption": "The garden of zoe",
        "url": f"https://www.tiktok.com/@zoe.quill/video/{video_id}",
        "follower_count": 77,
    }
    return seen(video_id, "zoe.quill", NOW - DAY, date_posted=NOW - 2 * DAY, **known | said)


async def take_in(store: Store, *rows: Any) -> Any:
    def work(session: Session) -> Any:
        session.execute(
            text("INSERT INTO runs (run_id, job, outcome, actor, as_of, counts, started_at,"
                 " alive_at) SELECT :run, job, outcome, actor, as_of, counts, started_at,"
                 " alive_at FROM runs LIMIT 1 ON CONFLICT DO NOTHING"),
            {"run": RUN},
        )  # fmt: skip
        return recording.record(session, rows, BatchOf(RUN, NOW, DAY))

    return await store.write(work)


@pytest.fixture
async def zoe(everybody: People) -> People:
    """Zoë, linked on two platforms, who redeemed a mug; a moderator has written her name."""
    await take_in(everybody.store, row())
    person = everybody.playing(ZOE)
    await person.says("/link zoe.quill")
    await everybody.mo.says("/mod verify zoe.quill the code stands in the bio")
    await everybody.given("zoe.quill", 200)
    await person.presses("redeem|mug|150|00000000")
    (redemption,) = (await person.says("/redemptions")).table.rows  # type: ignore[union-attr]  # there is one
    await everybody.mo.says(f"/mod fulfil {redemption[-1]} {PARCEL}")
    code = (await person.says("/connect")).secret
    await everybody.playing(ON_TELEGRAM).presses(f"connect|{code}|yes")
    body = {"message": {"from": {"id": 5566778899, "first_name": "Zoë on Telegram"}}}
    await everybody.store.write(inbox.arrived, "tg:1:1", body, NOW)
    return everybody


def everything(session: Session) -> str:
    """Every value of every table, as text."""
    rows = (session.execute(one.select()).all() for one in Base.metadata.sorted_tables)
    return "\n".join(str(tuple(each)) for found in rows for each in found)


def bytes_of(folder: Path) -> bytes:
    """The database file, and the log beside it; of PostgreSQL there is none here."""
    return b"".join(path.read_bytes() for path in folder.glob("*sqlite3*"))


def left(where: str) -> list[str]:
    return [one for one in PERSONAL if one in where]


async def test_mydata_is_a_file_with_all_that_is_held(zoe: People):
    reply = await zoe.playing(ZOE).says("/mydata")
    assert reply.file is not None
    found = json.loads(reply.file.content)
    assert {one["user_id"] for one in found["identities"]} == {ZOE.user_id, ON_TELEGRAM.user_id}
    assert found["creator"][0]["handle"] == "zoe.quill"
    assert found["videos"][0]["caption"] == "The garden of zoe"
    assert [one["views"] for one in found["readings"]] == [1_000]
    assert found["account"][0]["balance"] == 50
    assert {one["kind"] for one in found["transfers"]} == {"adjustment", "redemption"}
    assert found["redemptions"][0]["evidence"] == PARCEL
    assert {one["act"] for one in found["record"]} == {"mod verify", "mod grant", "mod fulfil"}
    assert found["notices"]
    assert found["answers"]
    assert "digest" not in reply.file.content.decode()


async def test_mydata_tells_nothing_of_others(zoe: People):
    reply = await zoe.playing(ZOE).says("/mydata")
    assert reply.file is not None
    written = reply.file.content.decode()
    assert [one for one in ("author-ana", "discord:7", "Ana", GARDEN) if one in written] == []


async def test_a_stranger_has_nothing_to_be_given(people: People):
    reply = await people.eve.says("/mydata")
    assert reply.file is not None
    assert set(json.loads(reply.file.content)) == {"made_at", "record"}


async def test_forgetme_asks_first_and_says_what_is_lost(zoe: People):
    before = await zoe.store.read(everything)
    reply = await zoe.playing(ZOE).says("/forgetme")
    assert (reply.tone, reply.facts) == (Tone.ASK, (("Points that are lost", "50 points"),))
    assert "@zoe.quill" in reply.text
    assert await zoe.store.read(everything) == before


async def forget(zoe: People) -> None:
    asked = await zoe.playing(ZOE).says("/forgetme")
    reply = await zoe.playing(ZOE).presses(labelled(asked, "Erase it for ever"))
    assert (reply.title, reply.tone) == ("Forgotten", Tone.GOOD)


async def test_after_forgetme_no_word_is_left_in_the_tables_or_the_log(
    zoe: People, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    assert left(await zoe.store.read(everything)) == PERSONAL
    await forget(zoe)
    assert left(await zoe.store.read(everything)) == []
    assert left(caplog.text) == []


async def test_after_forgetme_no_word_is_left_in_the_file(zoe: People, tmp_path: Path):
    await forget(zoe)
    written = await asyncio.to_thread(bytes_of, tmp_path)
    assert [one for one in PERSONAL if one.encode() in written] == []


async def test_the_books_stay_true_and_the_points_stay_there(zoe: People):
    before = await zoe.store.read(lambda session: list(recheck.awards(session)))
    await forget(zoe)
    assert await zoe.store.read(lambda session: list(check.books(session))) == []
    assert await zoe.store.read(lambda session: list(recheck.awards(session))) == before
    assert await zoe.store.read(ledger.balance_of, "6999999999999999999") == 50


async def test_nobody_is_shown_who_was_forgotten(zoe: People):
    await forget(zoe)
    leaders = await zoe.store.read(points.leaders, 10)
    assert "6999999999999999999" not in [one.creator_id for one in leaders]
    assert (await zoe.mo.says("/mod grant zoe.quill 5 why")).text == (
        "There is no creator @zoe.quill."
    )


async def test_who_was_forgotten_is_a_stranger_and_is_told_the_same_again(zoe: People):
    await forget(zoe)
    for caller in (ZOE, ON_TELEGRAM):
        assert (await zoe.playing(caller).says("/points")).tone is Tone.REFUSED
    again = await zoe.playing(ZOE).presses("forgetme|yes")
    assert again.title == "Forgotten"
    assert left(await zoe.store.read(everything)) == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"author_id": None},
        {"video_id": "7222222222222222222"},
        {"video_id": "7222222222222222222", "author_id": None},
    ],
    ids=["the same", "without an id", "a new video", "a new video without an id"],
)
async def test_rows_of_who_was_forgotten_are_rejected_and_leave_no_word(
    zoe: People, said: dict[str, Any], tmp_path: Path
):
    await forget(zoe)
    recorded = await take_in(zoe.store, row(**said), NEWCOMER)
    (rejected,) = recorded.rejected
    assert rejected.reason == forgotten.REASON
    assert recorded.counts["videos"] == 1
    assert left(await zoe.store.read(everything)) == []
    with rejects_writer(tmp_path / "rejects.csv") as write:
        write(rejected)
    assert left((tmp_path / "rejects.csv").read_text(encoding="utf-8")) == []


async def test_a_creator_whose_owner_is_in_doubt_stays(zoe: People):
    thief = zoe.playing(Caller("discord", "66", "Rightful"))
    code = (await thief.says("/link zoe.quill")).secret
    later = row(bio=code, author_id="6999999999999999999")
    await zoe.store.write(
        recording.record,
        [replace(later, observed_at=NOW + DAY / 4)],
        BatchOf(RUN, NOW + DAY / 2, DAY),
    )
    asked = await zoe.playing(ZOE).says("/forgetme")
    assert "It is not settled whose @zoe.quill is" in asked.text
    await forget(zoe)
    assert await zoe.store.read(_people_of, ZOE.user_id) == []
    reply = await zoe.mo.says("/mod verify zoe.quill the code was seen in the bio")
    assert reply.text == "Rightful (discord:66) is @zoe.quill from now on."


def _people_of(session: Session, user_id: str) -> list[str]:
    rows = session.query(Person.name).join(Identity, Identity.person_id == Person.person_id)
    return [name for (name,) in rows.filter(Identity.user_id == user_id)]


async def test_a_person_without_a_creator_is_erased_alone(everybody: People):
    await everybody.eve.says("/link cem")
    await everybody.eve.presses("forgetme|yes")
    assert await everybody.store.read(_people_of, "9") == []
    assert (await everybody.mo.says("/mod grant cem 5 why")).tone is Tone.GOOD


async def test_nobody_is_erased_by_whoever_plays_another(everybody: People):
    player = everybody.playing(replace(everybody.ana.caller, as_creator_id="author-ben"))
    sure = (await everybody.ana.says("/forgetme")).buttons[0]
    for reply in (await player.says("/forgetme"), await player.presses(sure)):
        assert reply.text.startswith("You only play a creator here.")
    assert (await everybody.ana.says("/points")).tone is Tone.PLAIN
