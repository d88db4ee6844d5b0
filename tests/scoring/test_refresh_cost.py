"""What a refresh costs: nothing for what has settled, however much that is."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import make_url

from db.store import open_store
from scoring.refresh import Refresh, refresh
from tests.scoring.programme import PLAN, POSTED, at, ids, season, seen, statements, take

WALKED = ("SCAN videos", "sqlite_autoindex_videos_1 (video_id>?)")
"""How SQLite says that it goes through all videos, or through all after some id."""


async def test_no_step_walks_through_the_videos_that_have_settled(sqlite_url: str):
    store = await open_store(sqlite_url)
    await season(store)
    rows = [
        seen(20, one, date_posted=POSTED + timedelta(days=place % 8), caption="so")
        for place, one in enumerate(ids(1_100))
    ]
    await take(store, *rows)
    with statements() as sent:
        await refresh(Refresh(store, replace(PLAN, judge="caption"), at(20)), "test")
        await refresh(Refresh(store, replace(PLAN, judge="caption"), at(40)), "test")
    await store.close()
    plans = _plans(str(make_url(sqlite_url).database), sent)
    walks = {one: how for one, how in plans.items() if _walks(how)}
    assert walks == {}
    assert sum("FROM videos" in one for one in plans) >= 6


def _plans(path: str, sent: list[tuple[str, Any]]) -> dict[str, list[str]]:
    """Return how SQLite finds the rows of each SELECT that was sent."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            one: [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {one}", given)]
            for one, given in sent
            if one.startswith("SELECT")
        }


def _walks(how: list[str]) -> bool:
    return any(walked in line and "INDEX videos_" not in line for line in how for walked in WALKED)
