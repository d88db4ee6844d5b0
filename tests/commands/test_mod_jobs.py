"""How moderators run and watch the programme."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.command import run
from bot.presence import Presence, State
from bot.reply import Button, Reply, Tone
from db import pauses, runs
from db.models import Creator, Video
from db.refused import Refused
from scoring.run import clock
from tests.commands.moderating import acts, prepare
from tests.commands.programme import BASELINE, LUNCH, NOW, People


def rows_of(reply: Reply) -> tuple[tuple[str, ...], ...]:
    assert reply.table is not None
    return reply.table.rows


def facts_of(reply: Reply) -> dict[str, str]:
    return dict(reply.facts)


async def test_status_counts_what_there_is_and_leaves_out_what_is_not(people: People):
    reply = await people.mo.says("/mod status")
    rules = (
        f"baseline {BASELINE.baseline_id} (fitted) until 2 Apr 2026; "
        "config.toml has other rules, which begin then"
    )
    size = facts_of(reply)["Database"]
    assert reply.title == "Fairpoints: status"
    assert reply.facts == (
        ("Creators", "3, 2 linked"),
        ("Videos", "7, 3 still open"),
        ("Rules", rules),
        ("Sentiment", "caption: no calls, no cost"),
        ("To be sent", "4 notices, 1 post"),
        ("Database", size),
    )
    assert reply.note == ""
    assert reply.buttons == (Button("Refresh now", "mod refresh"),)


async def test_status_tells_how_large_the_database_is(everybody: People):
    size = facts_of(await everybody.mo.says("/mod status"))["Database"]
    assert 0.1 < float(size.removesuffix(" MB")) < 20


async def test_status_shows_each_job_with_its_last_and_next_run(people: People):
    run_id = await people.store.write(runs.start, "intake", "system:test", NOW, clock())
    await people.store.write(runs.finish, run_id, {"rows": 6}, clock())
    reply = await people.mo.says("/mod status")
    assert [
        (job, said.partition(", ")[2], following) for job, said, following in rows_of(reply)
    ] == [
        ("intake", "done: 6 rows", "2 Mar 2026 12:00 UTC"),
        ("refresh", "done: 6 estimated, 4 settled, 340 points", "3 Mar 2026 06:00 UTC"),
        ("upkeep", "", "2 Mar 2026 12:07 UTC"),
        ("check", "", "3 Mar 2026 04:30 UTC"),
        ("backup", "", "3 Mar 2026 04:15 UTC"),
    ]
    assert rows_of(reply)[2][1] == "not yet"


async def test_status_says_which_jobs_come_by_hand_only(people: People):
    times = people.settings.jobs.model_copy(update={"refresh": ""})
    settings = people.settings.model_copy(update={"jobs": times})
    mo = replace(people.mo, settings=settings)
    assert rows_of(await mo.says("/mod status"))[1][2] == "by hand"


async def test_status_shows_what_the_last_backup_and_check_came_to(people: People):
    await people.mo.says("/mod record backup")
    run_id = await people.store.write(runs.start, "check", "system:test", NOW, clock())
    await people.store.write(
        runs.finish, run_id, {"findings": 2}, clock(), "the books are not true"
    )
    rows = {job: said for job, said, _next in rows_of(await people.mo.says("/mod status"))}
    assert rows["check"].endswith(", failed: the books are not true")
    assert rows["backup"].endswith(" KB, 1 copy kept")


async def test_status_shows_what_waits_and_who_claims(people: People):
    await prepare(people)
    reply = await people.mo.says("/mod status")
    told = facts_of(reply)
    assert told["Creators"].endswith(", 2 linked, 1 claim")
    assert told["Claimed: @cem"] == "Eve (discord:9)"
    assert "1 dispute" in told["Waiting"]
    assert "to give" in told["Waiting"]
    assert reply.buttons[0].label == "Queue"
    assert reply.note == "/mod verify, the handle and how you know links a person."


async def test_status_shows_why_the_shop_stands_still(people: People):
    began = (pauses.SHOP, "Counting the mugs", "discord:7", NOW)
    await people.store.write(pauses.begin, *began)
    said = facts_of(await people.mo.says("/mod status"))["Shop"]
    assert said == "paused since 2 Mar 2026 12:00 UTC: Counting the mugs"


async def test_status_shows_a_held_refresh_until_another_has_run(people: People):
    async def ran(*, held: bool) -> Reply:
        run_id = await people.store.write(runs.start, "refresh", "system:test", NOW, clock())
        await people.store.write(runs.finish, run_id, {}, clock(), held=held)
        return await people.mo.says("/mod status")

    reply = await ran(held=True)
    assert facts_of(reply)["Refresh"].endswith("; no points change")
    assert [one.label for one in reply.buttons] == ["Preview", "Run it anyway"]
    assert "Refresh" not in facts_of(await ran(held=False))


async def test_status_counts_held_videos_and_frozen_creators(people: People):
    def hold_and_freeze(session: Session) -> None:
        session.execute(update(Video).where(Video.video_id == LUNCH).values(held_at=NOW))
        session.execute(update(Creator).values(frozen_at=NOW))

    await people.store.write(hold_and_freeze)
    told = facts_of(await people.mo.says("/mod status"))
    assert told["Held"] == "1 video, 3 frozen creators"


async def test_status_shows_each_front_first_and_why_it_is_not_connected(people: People):
    since = NOW - timedelta(hours=2)
    fronts = {
        "discord": State(connected=True, since=since),
        "telegram": State(False, since, "Telegram can't be reached", NOW + timedelta(minutes=5)),
    }
    call = replace(people.mo.call(), presence=Presence(fronts))
    reply = await run(call, "mod status", {})
    assert reply.facts[:3] == (
        ("Discord", "connected since 2 Mar 2026 10:00 UTC"),
        (
            "Telegram",
            "not connected: Telegram can't be reached; next try 2 Mar 2026 12:05 UTC",
        ),
        ("Creators", "3, 2 linked"),
    )


async def test_status_says_of_a_front_that_is_not_tried_again_only_why(people: People):
    state = State(False, NOW, "Telegram refused the token")
    call = replace(people.mo.call(), presence=Presence({"telegram": state}))
    reply = await run(call, "mod status", {})
    assert reply.facts[0] == ("Telegram", "not connected: Telegram refused the token")


async def test_a_refresh_delivered_twice_runs_once_and_answers_alike(everybody: People):
    first = await everybody.mo.says("/mod refresh", "dc:1")
    ran = await everybody.store.read(runs.latest, 100)
    again = await everybody.mo.says("/mod refresh", "dc:1")
    assert again == first
    assert len(await everybody.store.read(runs.latest, 100)) == len(ran)


async def test_status_tells_what_went_wrong_in_a_run(people: People):
    run_id = await people.store.write(runs.start, "intake", "system:test", NOW, clock())
    await people.store.write(runs.finish, run_id, {"rows": 3}, clock(), "the file ends early")
    assert rows_of(await people.mo.says("/mod status"))[0][1].endswith(
        "failed: the file ends early"
    )


async def test_a_refresh_estimates_what_is_new(everybody: People):
    reply = await everybody.mo.says("/mod refresh")
    assert (reply.title, reply.tone) == ("Refreshed", Tone.GOOD)
    # Three videos are open: two of them get another sentiment, the kite its first estimate.
    assert reply.text == "3 judged, 3 estimated."
    (record,) = await everybody.store.read(acts)
    assert record.after == {"judged": 3, "estimated": 3, "settled": 0, "points": 0}


async def test_a_refresh_takes_in_what_waits_in_the_inbox(people: People):
    inbox = people.settings.inbox
    inbox.mkdir()
    _drop(inbox / "export.json", "good")
    _drop(inbox / "notes.json", "no export")
    settings = people.settings.model_copy(
        update={"intake": people.settings.intake.model_copy(update={"quiet_seconds": 0})}
    )
    mo = type(people.mo)(people.store, settings, people.mo.caller)
    reply = await mo.says("/mod refresh")
    assert (reply.title, reply.tone) == ("Refreshed in part", Tone.REFUSED)
    told = dict(reply.facts)
    assert told["export.json"] == "1 row, 1 video, 1 reading"
    assert told["notes.json"].startswith("notes.json: ")
    assert {one.name for one in inbox.iterdir()} == {"done", "rejected"}


def _drop(path: Path, what: str) -> None:
    rows = [
        {
            "id": "7000000000000000099",
            "text": "Tea",
            "createTime": int(NOW.timestamp()) - 3600,
            "authorMeta": {"name": "dora"},
            "playCount": 1200,
            "diggCount": 80,
        }
    ]
    path.write_text(json.dumps(rows if what == "good" else {"notes": what}), encoding="utf-8")


async def test_a_refresh_beside_another_is_refused(people: People):
    await people.store.write(runs.start, "refresh", "system:scheduler", NOW, clock())
    reply = await people.mo.says("/mod refresh")
    assert reply.tone is Tone.REFUSED
    assert reply.text.startswith("refresh runs already, since ")
    assert await people.store.read(acts) == []


async def test_a_refresh_that_fails_says_so_and_stands_in_the_record(
    people: People, monkeypatch: pytest.MonkeyPatch
):
    async def failing(*_: object) -> None:
        raise Refused("the judge is away")

    monkeypatch.setattr("scoring.refresh.judge_within", failing)
    reply = await people.mo.says("/mod refresh")
    assert (reply.title, reply.text, reply.tone) == (
        "Refreshed in part",
        "the judge is away",
        Tone.REFUSED,
    )
    assert [one.act for one in await people.store.read(acts)] == ["mod refresh"]
