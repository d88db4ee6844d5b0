"""How moderators run and watch the programme."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.command import run
from bot.presence import Presence, State
from bot.reply import Button, Reply, Tone
from db import runs
from db.refused import Refused
from scoring.run import clock
from tests.commands.moderating import MUG, acts, prepare
from tests.commands.programme import BASELINE, NOW, People


def rows_of(reply: Reply) -> tuple[tuple[str, ...], ...]:
    assert reply.table is not None
    return reply.table.rows


async def test_status_counts_what_there_is(people: People):
    reply = await people.mo.says("/mod status")
    rules = (
        f"baseline {BASELINE.baseline_id} (fitted) until 2 Apr 2026; "
        "config.toml has other rules, which begin then"
    )
    assert reply.title == "Fairpoints: status"
    assert reply.facts == (
        ("Creators", "3, 2 linked, 0 to confirm"),
        ("Videos", "7, 3 still open"),
        ("Rules", rules),
        ("Notices", "4 wait to be sent"),
    )
    assert reply.note == ""
    assert reply.buttons == (Button("Refresh now", "mod refresh"),)


async def test_status_shows_the_last_runs_and_what_they_did(people: People):
    ran = [row[1] for row in rows_of(await people.mo.says("/mod status"))]
    assert ran == [
        "done: 6 estimated, 4 settled, 340 points",
        "done: 1 row",
        "done: 6 rows",
    ]


async def test_status_shows_what_waits_and_how_it_is_done(people: People):
    await prepare(people)
    reply = await people.mo.says("/mod status")
    assert reply.facts[0] == ("Creators", "3, 2 linked, 1 to confirm")
    assert reply.facts[4:] == (
        ("To confirm: @cem", "Eve (discord:9)"),
        ("Disputed: @ben", "Dan (discord:8) claims it, Ben is linked"),
        (f"To give: {MUG}", "Mug to @ana, 2 Mar 2026"),
    )
    assert reply.note == (
        "/mod verify, the handle and how you know links a person. "
        "/mod disputes lists what is disputed. "
        "/mod fulfil, the id and how it was given closes a redemption."
    )


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
        ("Creators", "3, 2 linked, 0 to confirm"),
    )


async def test_status_says_of_a_front_that_is_not_tried_again_only_why(people: People):
    state = State(False, NOW, "Telegram refused the token")
    call = replace(people.mo.call(), presence=Presence({"telegram": state}))
    reply = await run(call, "mod status", {})
    assert reply.facts[0] == ("Telegram", "not connected: Telegram refused the token")


async def test_status_shows_open_disputes(people: People):
    await people.eve.says("/link ana")
    reply = await people.mo.says("/mod status")
    disputed = ("Disputed: @ana", "Eve (discord:9) claims it, Ana is linked")
    assert disputed in reply.facts
    assert reply.note == "/mod disputes lists what is disputed."


async def test_a_refresh_delivered_twice_runs_once_and_answers_alike(everybody: People):
    first = await everybody.mo.says("/mod refresh", "dc:1")
    ran = await everybody.store.read(runs.latest, 100)
    again = await everybody.mo.says("/mod refresh", "dc:1")
    assert again == first
    assert len(await everybody.store.read(runs.latest, 100)) == len(ran)


async def test_status_tells_what_went_wrong_in_a_run(people: People):
    run_id = await people.store.write(runs.start, "intake", "system:test", NOW, clock())
    await people.store.write(runs.finish, run_id, {"rows": 3}, clock(), "the file ends early")
    assert rows_of(await people.mo.says("/mod status"))[0][1] == "failed: the file ends early"


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

    monkeypatch.setattr("scoring.refresh._judge", failing)
    reply = await people.mo.says("/mod refresh")
    assert (reply.title, reply.text, reply.tone) == (
        "Refreshed in part",
        "the judge is away",
        Tone.REFUSED,
    )
    assert [one.act for one in await people.store.read(acts)] == ["mod refresh"]
