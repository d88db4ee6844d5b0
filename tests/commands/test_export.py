"""Exports: what moderators take with them, opened again."""

import csv
import io
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from bot.command import run
from bot.commands import mod_export
from bot.reply import Reply, Tone
from db import exporting
from db.export_kinds import KINDS, Period
from db.models import Creator, Video
from tests.commands.moderating import acts
from tests.commands.programme import BOAT, GARDEN, LUNCH, NOW, People
from tests.commands.watched import watched
from tests.fakes.nasty import CORPUS
from tests.scoring.programme import statements

WHATS = list(KINDS)


def table(reply: Reply) -> list[dict[str, str]]:
    """The rows of a CSV, by their columns."""
    assert reply.file is not None, reply
    text = reply.file.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def active(people: People) -> None:
    """Let there be something of every kind: a mug, points that were given, a judgement."""
    await people.store.write(watched)
    await people.given("ana", 20)
    await people.ana.presses("redeem|mug|150|00000000")


async def test_points_say_what_each_creator_made_of_a_period(everybody: People):
    await active(everybody)
    rows = table(await everybody.mo.says("/mod record export points"))
    ana, ben, _cem = sorted(rows, key=lambda one: one["creator_id"])
    assert ana == {
        "creator_id": "author-ana", "handle": "ana",
        "earned": "234", "spent": "150", "lent": "0", "adjusted": "20", "change": "104",
        "balance": "104", "owed": "0", "open_points": "94", "videos": "4", "settled_videos": "2",
    }  # fmt: skip
    assert (ben["earned"], ben["balance"], ben["settled_videos"]) == ("106", "106", "2")


async def test_rows_are_written_beside_the_thread_that_answers_everybody(
    everybody: People, monkeypatch: pytest.MonkeyPatch
):
    threads, add = set(), mod_export._add

    def noted(*given: Any) -> None:
        threads.add(threading.get_ident())
        add(*given)

    monkeypatch.setattr(mod_export, "_add", noted)
    assert len(table(await everybody.mo.says("/mod record export videos"))) == 7
    assert threads
    assert threading.get_ident() not in threads


async def test_points_of_a_period_begin_and_end_with_it(everybody: People):
    await active(everybody)
    later = replace(everybody.mo, at=NOW + timedelta(days=3))
    await later.says("/mod grant ana 1 a day later")
    rows = table(await later.says("/mod record export points since=2026-03-03 until=2026-03-06"))
    ana = next(one for one in rows if one["handle"] == "ana")
    assert (ana["change"], ana["adjusted"], ana["balance"]) == ("1", "1", "105")
    rows = table(await later.says("/mod record export points until=2026-03-03"))
    ana = next(one for one in rows if one["handle"] == "ana")
    assert (ana["change"], ana["balance"]) == ("104", "104")


async def test_the_ledger_has_every_transfer_with_its_two_sides_and_its_evidence(
    everybody: People,
):
    await active(everybody)
    rows = table(await everybody.mo.says("/mod record export ledger"))
    by_kind = {one["kind"]: one for one in rows}
    assert [one["kind"] for one in rows].count("award") == 3
    award = next(one for one in rows if one["video_id"] == GARDEN)
    assert (award["amount"], award["from_account"], award["to_account"], award["handle"]) == (
        "128", "system:issued", "creator:author-ana", "ana",
    )  # fmt: skip
    assert award["baseline_id"]
    assert award["reading_id"]
    gift = by_kind["adjustment"]
    assert (gift["reason"], gift["made_by"], gift["balance_after"]) == (
        "for the tests", "Mo", "254",
    )  # fmt: skip
    spent = by_kind["redemption"]
    assert (spent["made_by"], spent["balance_after"]) == ("creator", "104")


async def test_redemptions_name_the_reward_and_who_asked(everybody: People):
    await active(everybody)
    (row,) = table(await everybody.mo.says("/mod record export redemptions"))
    assert (row["handle"], row["reward"], row["amount"], row["state"]) == (
        "ana", "Mug", "150", "approved",
    )  # fmt: skip
    assert row["creation_date"] == "2026-03-02 12:00:00"


async def test_the_record_has_what_changed_as_json(everybody: People):
    await active(everybody)
    (row,) = table(await everybody.mo.says("/mod record export audit"))
    assert (row["done_by"], row["act"], row["handle"]) == ("Mo", "mod grant", "ana")
    assert row["after"].startswith("{")


async def test_videos_have_the_figures_that_their_points_were_made_from(everybody: People):
    rows = {
        one["video_id"]: one for one in table(await everybody.mo.says("/mod record export videos"))
    }
    garden, kite = rows[GARDEN], rows["7000000000000000004"]
    assert (garden["views"], garden["sentiment"], garden["video_points"]) == ("2000", "0.75", "128")
    assert garden["caption"] == "My garden in spring"
    assert (kite["views"], kite["video_points"], kite["settled_at"]) == ("", "", "")
    assert len(rows) == 7


@pytest.mark.parametrize("what", WHATS)
async def test_no_account_on_a_platform_leaves(everybody: People, what: str):
    await active(everybody)
    reply = await everybody.mo.says(f"/mod record export {what}")
    assert reply.file is not None
    assert b"discord:" not in reply.file.content
    assert b"telegram:" not in reply.file.content


@pytest.mark.parametrize("what", WHATS)
async def test_both_forms_have_the_same_rows(everybody: People, what: str):
    await active(everybody)
    rows = table(await everybody.mo.says(f"/mod record export {what}", "one"))
    reply = await everybody.mo.says(f"/mod record export {what} form=xlsx until=2026-03-03")
    assert reply.file is not None
    book = load_workbook(io.BytesIO(reply.file.content))
    headings, *cells = book.active.iter_rows(values_only=True)
    book.close()
    assert list(headings) == list(rows[0])
    assert reply.file.name.endswith(".xlsx")
    if what != "audit":  # where the first export stands too
        assert [row[0] for row in cells] == [next(iter(one.values())) for one in rows]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_what_strangers_wrote_is_computed_nowhere(everybody: People, form: str):
    await everybody.store.write(_fill_with_nasty)
    reply = await everybody.mo.says(f"/mod record export videos form={form}")
    assert reply.file is not None
    if form == "csv":
        captions = [one["caption"] for one in table(reply)]
    else:
        book = load_workbook(io.BytesIO(reply.file.content))
        cells = [row[3] for row in book.active.iter_rows(2)]
        captions = [cell.value or "" for cell in cells]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        book.close()
    assert len(captions) == len(CORPUS)
    assert not [one for one in captions if one.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def _fill_with_nasty(session: Session) -> None:
    """Let every video be one of Ana's, with a caption of the corpus."""
    session.execute(update(Creator).where(Creator.handle == "ana").values(nickname="=1+1"))
    texts = [one.replace("\0", "").encode("utf-8", "replace").decode() for one in CORPUS.values()]
    session.execute(
        insert(Video),
        [
            {
                "video_id": f"8{number:018}",
                "creator_id": "author-ana",
                "caption": text,
                "date_posted": NOW,
                "first_observed_at": NOW,
            }
            for number, text in enumerate(texts[7:])
        ],
    )
    known = dict(zip((GARDEN, LUNCH, BOAT), texts[:3], strict=True))
    for video_id, text in known.items():
        session.execute(update(Video).where(Video.video_id == video_id).values(caption=text))


async def test_a_period_holds_its_first_moment_and_not_its_last(everybody: People):
    await everybody.given("ana", 1)
    for line, count in (
        ("since=2026-03-02T12:00", 1),
        ("until=2026-03-02T12:00", 0),
        ("since=2026-03-02 until=2026-03-03", 1),
        ("since=1d", 1),
        ("since=2026-03-03", 0),
    ):
        rows = table(await everybody.mo.says(f"/mod record export audit {line} form=csv"))
        grants = [one for one in rows if one["act"] == "mod grant"]
        assert len(grants) == count, line


async def test_without_a_period_the_season_so_far_is_taken_but_all_points_and_videos(
    people: People,
):
    periods = {
        what: dict((await people.mo.says(f"/mod record export {what}")).facts)["Period"]
        for what in WHATS
    }
    season = "since 1 Jan 2026 12:00 UTC"
    assert periods == {
        "points": "all times", "videos": "all times",
        "ledger": season, "redemptions": season, "audit": season, "sentiments": season,
    }  # fmt: skip


async def test_a_period_that_ends_before_it_begins_is_refused(people: People):
    reply = await people.mo.says("/mod record export ledger 2026-03-03 2026-03-01")
    assert reply.text == "The period ends before it begins: 2026-03-01 is not after 2026-03-03."


async def test_that_somebody_exported_stands_in_the_record(everybody: People):
    await everybody.mo.says("/mod record export ledger 2026-01-01 2026-04-01 xlsx")
    (one,) = await everybody.store.read(acts)
    assert (one.act, one.subject) == ("mod record export", "ledger")
    assert one.after == {
        "form": "xlsx", "rows": 3,
        "since": "2026-01-01T00:00:00+00:00", "until": "2026-04-01T00:00:00+00:00",
    }  # fmt: skip


async def test_a_request_delivered_again_gets_its_file_again(everybody: People):
    first = await everybody.mo.says("/mod record export videos", "dc:1")
    again = await everybody.mo.says("/mod record export videos", "dc:1")
    assert again.file == first.file is not None
    assert len(await everybody.store.read(acts)) == 1


async def test_more_rows_than_a_chat_takes_are_refused(
    everybody: People, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mod_export, "MOST_ROWS", 2)
    for form in ("csv", "xlsx"):
        reply = await everybody.mo.says(f"/mod record export ledger form={form}")
        assert reply.text == f"That is more than 2 rows. {mod_export.SHORTER}"
    assert await everybody.store.read(acts) == []


async def test_a_file_larger_than_chats_take_is_refused(
    people: People, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mod_export, "MOST_BYTES", 100)
    reply = await people.mo.says("/mod record export videos")
    assert reply.tone is Tone.REFUSED
    assert reply.text.startswith("The file has 1 MB, and chats take 0.")


async def test_in_a_terminal_any_size_is_left_in_the_folder(
    people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mod_export, "MOST_BYTES", 100)
    monkeypatch.setattr(mod_export, "MOST_ROWS", 2)
    names = []
    for _time in range(2):
        call = replace(people.mo.call(), leave_in=tmp_path)
        reply = await run(call, "mod record export", {"what": "videos"})
        assert reply.file is None
        names.append(Path(dict(reply.facts)["File"]))
    assert [one.name for one in names] == ["videos.csv", "videos-2.csv"]
    assert names[0].read_bytes() == names[1].read_bytes()
    assert names[0].stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("what", WHATS)
async def test_a_kind_is_read_by_one_statement_and_who_is_who_by_another(
    everybody: People, what: str
):
    await active(everybody)
    with statements() as sent:
        await everybody.store.read(lambda session: list(exporting.batches(session, what, Period())))
    assert sum(one.lstrip().startswith("SELECT") for one, _given in sent) <= 2


@pytest.mark.parametrize("what", WHATS)
def test_every_column_is_documented(what: str):
    from db import export_kinds

    described = export_kinds.__doc__ or ""
    assert not [one for one in exporting.columns(what) if f"`{one}`" not in described]
