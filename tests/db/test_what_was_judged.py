"""What the database refuses about questions, judgements and what they cost, whoever asks."""
# ruff: noqa: S608  # the statements are put together from this file alone

import pytest
from sqlalchemy import Table, insert, select, text
from sqlalchemy.orm import Session

from db import judgements, samples
from db.judgements import Made
from db.models import Base
from db.store import Store
from tests.db.programme import NOW
from tests.db.test_what_never_changes import refusal
from tests.db.watching import JUDGE, answer, asked, waits, watched

KEPT: tuple[Table, ...] = tuple(
    Base.metadata.tables[name] for name in ("samples", "judgements", "spending")
)
MADE = Made("judged", 0.7, 0.1, 1, 0.9, "calm", "It is calm.", "en")


@pytest.fixture
async def store(store: Store) -> Store:
    """Where one question was answered, one is on its way, and one judgement was made."""
    await store.write(one_row_each)
    return store


def one_row_each(session: Session) -> None:
    watched(session, v1=3, v2=5)
    session.flush()
    first, second = waits(session)
    ids = asked(session, first)
    assert ids
    samples.answered(session, ids[1], answer(), NOW)
    judgements.conclude(session, JUDGE, first, MADE, "watch-1", NOW, counts=False)
    asked(session, second)


@pytest.mark.parametrize("table", KEPT, ids=str)
async def test_none_of_it_is_deleted(store: Store, table: Table):
    assert f"{table} are never changed" in await refusal(store, text(f"DELETE FROM {table}"))


async def test_postgres_refuses_to_empty_it_too(postgres_store: Store):
    for table in KEPT:
        said = await refusal(postgres_store, text(f"TRUNCATE {table} CASCADE"))
        assert f"{table} are never changed" in said


async def test_on_sqlite_a_replace_is_a_deletion_too(sqlite_store: Store):
    await sqlite_store.write(one_row_each)
    for table in KEPT:
        replace = insert(table).prefix_with("OR REPLACE")
        said = await refusal(
            sqlite_store, replace.from_select(list(table.columns), select(*table.columns))
        )
        assert f"{table} are never changed" in said


WORDS = {"tone", "reason", "language"}


@pytest.mark.parametrize("table", KEPT, ids=str)
async def test_no_column_of_what_is_over_is_written_again(store: Store, table: Table):
    free = {
        "samples": WORDS,
        "judgements": WORDS | {"sentiment_id"},
        "spending": {"calls", "tokens", "micros"},
    }
    for column in {one.name for one in table.columns} - free[table.name]:
        said = await refusal(store, text(f"UPDATE {table} SET {column} = {column}"))
        assert "are never changed" in said, column


@pytest.mark.parametrize("table", ["samples", "judgements"])
async def test_words_may_be_erased_all_at_once_and_never_replaced(store: Store, table: str):
    for words in (
        "tone = 'warm'",
        "reason = 'another'",
        "tone = ''",
        "tone = '', reason = ''",
        "tone = '', reason = '', language = 'de'",
    ):
        said = await refusal(store, text(f"UPDATE {table} SET {words} WHERE tone <> ''"))
        assert "are never changed" in said, words
    erased = f"UPDATE {table} SET tone = '', reason = '', language = ''"
    assert await refusal(store, text(erased)) == ""


async def test_what_is_on_its_way_may_be_answered(store: Store):
    on = "UPDATE samples SET state = 'answered', sentiment = 0.5, tone = 'warm', micros = 3"
    assert await refusal(store, text(f"{on} WHERE state = 'asked'")) == ""


@pytest.mark.parametrize(
    "column",
    [
        "sample_id",
        "video_id",
        "model",
        "prompt_version",
        "generation",
        "number",
        "run_id",
        "day",
        "asked_at",
    ],
)
async def test_what_is_on_its_way_stays_the_question_that_it_was(store: Store, column: str):
    on = f"UPDATE samples SET {column} = {column} WHERE state = 'asked'"
    assert "of samples are never changed" in await refusal(store, text(on))


async def test_a_judgement_comes_to_count_once(store: Store):
    await store.write(lambda session: session.execute(text(SENTIMENT)) and None)
    count = text("UPDATE judgements SET sentiment_id = 's1'")
    assert await refusal(store, count) == ""
    for value in ("'s1'", "NULL"):
        said = await refusal(store, text(f"UPDATE judgements SET sentiment_id = {value}"))
        assert "judgements that count are never changed" in said


SENTIMENT = (
    "INSERT INTO sentiments (sentiment_id, video_id, sentiment, model, prompt_version, samples,"
    " reason, judged_at) SELECT 's1', 'v1', 0.7, 'm', 'p', 1, '', first_observed_at"
    " FROM videos WHERE video_id = 'v1'"
)

IMPOSSIBLE = {
    "spent_not_negative": "UPDATE spending SET micros = -1",
    "sample_in_range": "UPDATE samples SET sentiment = 1.01 WHERE state = 'asked'",
    "sample_state_known": "UPDATE samples SET state = 'unsure' WHERE state = 'asked'",
    "found_file_is_told": "UPDATE video_files SET generation = NULL",
    "file_state_known": "UPDATE video_files SET state = 'gone'",
}


@pytest.mark.parametrize("check", IMPOSSIBLE)
async def test_impossible_rows_are_refused_by_the_checks_name(store: Store, check: str):
    assert check in await refusal(store, text(IMPOSSIBLE[check]))


async def test_a_question_has_one_row_for_ever(store: Store):
    columns = [
        one.name for one in Base.metadata.tables["samples"].columns if one.name != "sample_id"
    ]
    again = f"INSERT INTO samples (sample_id, {', '.join(columns)}) SELECT 'another', "
    said = await refusal(store, text(f"{again}{', '.join(columns)} FROM samples LIMIT 1"))
    assert "unique" in said.lower()
