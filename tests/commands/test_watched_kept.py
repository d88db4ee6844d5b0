"""What watching says of a video is given to its creator, erased with them, and backed up whole."""

import json
from typing import Any

from bot import restore as restoring
from bot.config import Settings
from db import reviews
from db.corrections import Source
from db.models import Base, Judgement, Sample, Sentiment
from db.store import open_store
from tests.commands.programme import BOAT, LUNCH, NOW, People, labelled
from tests.commands.test_export import table
from tests.commands.test_privacy import everything as everything_said
from tests.commands.test_restore import (  # noqa: F401  # fixtures
    a_backup,
    agreed,
    anywhere,
    elsewhere,
    postgres_elsewhere,
)
from tests.commands.watched import REASON, TONE, WORDS, watched
from tests.fakes.whole_database import everything

OF_WATCHING = (
    "video_files", "judges", "judgements", "samples", "batches", "spending", "reviews",
    "taken_objects",
)  # fmt: skip


async def test_every_table_of_watching_has_rows_here(everybody: People):
    await everybody.store.write(watched)
    found = await everybody.store.read(everything)
    assert [one for one in OF_WATCHING if not found[one]] == []
    assert set(OF_WATCHING) <= set(Base.metadata.tables)


async def test_mydata_gives_all_that_was_said_of_their_videos(everybody: People):
    await everybody.store.write(watched)
    reply = await everybody.ana.says("/mydata")
    assert reply.file is not None
    found = json.loads(reply.file.content)
    assert [one["name"] for one in found["files"]] == [WORDS[2]]
    assert [(one["tone"], one["reason"]) for one in found["judgements"]] == [(TONE, REASON)]
    assert {one["sentiment"] for one in found["samples"]} == {0.2, 0.9}
    (review,) = found["reviews"]
    assert (review["video_id"], review["why"], review["state"]) == (LUNCH, "uncertain", "open")
    assert BOAT not in reply.file.content.decode()


async def test_mydata_names_no_moderator_who_decided(everybody: People):
    await everybody.store.write(watched)
    reply = await everybody.ana.says("/mydata")
    assert reply.file is not None
    assert [one for one in json.loads(reply.file.content)["reviews"] if "decided_by" in one] == []


async def forgotten(people: People) -> None:
    asked = await people.ana.says("/forgetme")
    reply = await people.ana.presses(labelled(asked, "Erase it for ever"))
    assert reply.title == "Forgotten"


async def test_after_forgetme_no_word_of_it_is_left(everybody: People):
    await everybody.store.write(watched)
    before = await everybody.store.read(everything_said)
    assert [one for one in WORDS if one in before] == WORDS
    await forgotten(everybody)
    after = await everybody.store.read(everything_said)
    assert [one for one in WORDS if one in after] == []


async def test_after_forgetme_the_figures_and_what_they_cost_stay(everybody: People):
    await everybody.store.write(watched)
    before = await everybody.store.read(_figures)
    await forgotten(everybody)
    assert await everybody.store.read(_figures) == before
    found = await everybody.store.read(everything)
    assert [one for one in found["video_files"] if LUNCH in one] == []
    assert len(found["video_files"]) == 1


def _figures(session: Any) -> list[Any]:
    columns = (
        (Judgement.sentiment, Judgement.spread, Judgement.tokens, Judgement.micros),
        (Sample.sentiment, Sample.calls, Sample.input_tokens, Sample.micros),
        (Sentiment.sentiment, Sentiment.reason, Sentiment.samples, Sentiment.spread),
    )
    return [session.query(*each).order_by(*each).all() for each in columns]


async def test_a_backup_brings_all_of_it_to_any_database(everybody: People, anywhere: Settings):  # noqa: F811  # the fixture
    await everybody.store.write(watched)
    before = await everybody.store.read(everything)
    assert await restoring.restore(anywhere, await a_backup(everybody), agreed([])) == 0
    store = await open_store(anywhere.url)
    after = await store.read(everything)
    await store.close()
    assert {one: after[one] for one in OF_WATCHING} == {one: before[one] for one in OF_WATCHING}


async def test_an_export_has_a_row_for_each_judgement(everybody: People):
    await everybody.store.write(watched)
    (row,) = table(await everybody.mo.says("/mod record export sentiments"))
    assert (row["video_id"], row["handle"], row["state"]) == (LUNCH, "ana", "uncertain")
    assert (row["model"], row["prompt_version"], row["generation"]) == (
        "gemini-1",
        "1-abc123",
        "g1",
    )
    assert (row["sentiment"], row["spread"], row["samples"]) == ("0.55", "0.7", "2")
    assert (row["tone"], row["reason"], row["language"]) == (TONE, REASON, "en")
    assert (row["tokens"], row["dollars"]) == ("1520", "0.0006")
    assert (row["review"], row["decided"], row["decided_by"]) == ("open", "", "")
    assert row["judged_at"] == f"{NOW:%Y-%m-%d %H:%M:%S}"


async def test_an_export_tells_what_a_moderator_decided_and_who(everybody: People):
    await everybody.store.write(watched)
    await everybody.store.write(_decide)
    (row,) = table(await everybody.mo.says("/mod record export sentiments"))
    assert (row["review"], row["decided"], row["decided_by"]) == ("decided", "0.25", "discord")


def _decide(session: Any) -> None:
    reviews.decide(session, LUNCH, 0.25, Source("r1", "discord:77", "it is a joke"), NOW)
