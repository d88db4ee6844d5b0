"""What the jobs do, whoever starts them, and the times that they may be given."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import jobs
from bot.config import BadConfig, Settings
from bot.sections import Jobs
from db import rewards
from db.models import Video
from db.refused import Refused
from db.rewards import Terms
from db.store import Store

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        *("99 * * * *", "* 24 * * *", "* * 32 * *", "* * * 13 *", "a b c d e", "*/0 * * * *"),
        *("5-1 * * * *", "0 6 31 2 *", "0 6 * * 0", "0 6 * * 1-5", "0 6 * * 7"),
    ],
)
def test_a_time_that_is_none_is_told_with_its_key(text: str, tmp_path: Path):
    settings = Settings(data_dir=tmp_path, jobs=Jobs(refresh=text))
    with pytest.raises(BadConfig) as caught:
        jobs.check_times(settings)
    assert str(caught.value) == (
        f"config.toml: jobs.refresh = '{text}' is not allowed: five cron fields that name a time, "
        "such as '0 6 * * *' (UTC), weekdays by name (mon to sun), or '' for never"
    )


@pytest.mark.parametrize(
    "text",
    ["", "0 6 * * *", "*/15 * * * *", "0 6 1,15 * *", "30 5 * jan-mar mon-fri", "0 0 29 2 *"],
)
def test_a_time_that_comes_is_allowed(text: str, tmp_path: Path):
    jobs.check_times(Settings(data_dir=tmp_path, jobs=Jobs(intake=text)))


def drop(settings: Settings, name: str) -> Path:
    """Put an export of one video into the inbox, long enough ago to be read."""
    row = {
        "id": "7000000000000000099",
        "createTime": int(NOW.timestamp()) - 3600,
        "authorMeta": {"name": "dora"},
        "playCount": 1200,
        "diggCount": 80,
    }
    settings.inbox.mkdir(exist_ok=True)
    path = settings.inbox / name
    path.write_text(json.dumps([row]), encoding="utf-8")
    return path


async def test_who_looks_into_the_inbox_together_takes_a_file_in_once(
    tmp_path: Path, sqlite_store: Store
):
    settings = Settings(data_dir=tmp_path, intake={"quiet_seconds": 0})
    drop(settings, "export.json")
    told = await asyncio.gather(
        *(jobs.run_intake(settings, sqlite_store, NOW, "system:test") for _ in range(5))
    )
    assert [one.counts["videos"] for summaries in told for one in summaries] == [1]
    assert (settings.inbox / "done" / "export.json").exists()
    assert not (settings.inbox / "rejected").exists()


async def test_a_refresh_takes_the_inbox_in_first(tmp_path: Path, sqlite_store: Store):
    settings = Settings(data_dir=tmp_path, intake={"quiet_seconds": 0})
    drop(settings, "export.json")
    summary = await jobs.run_refresh(settings, sqlite_store, NOW, "system:test")
    assert [one.source for one in summary.files] == ["export.json"]
    assert summary.counts["estimated"] == 1


async def test_files_named_stay_where_they_are(settings: Settings, sqlite_store: Store):
    path = drop(settings, "export.json")
    (summary,) = await jobs.run_files(settings, sqlite_store, [path], NOW)
    assert summary.counts["videos"] == 1
    assert path.exists()


async def test_minmax_needs_two_prices_in_the_shop(tmp_path: Path, sqlite_store: Store):
    settings = Settings(data_dir=tmp_path, scoring={"scale": "minmax"})
    await sqlite_store.write(rewards.add, "mug", Terms("Mug", 150, "A mug"), NOW)
    with pytest.raises(Refused, match="two rewards of different prices"):
        await jobs.run_refresh(settings, sqlite_store, NOW, "system:test")


async def test_minmax_takes_its_ends_from_the_shop(tmp_path: Path, sqlite_store: Store):
    settings = Settings(data_dir=tmp_path, scoring={"scale": "minmax"})
    for reward_id, amount in (("mug", 150), ("car", 9_000), ("pin", 20)):
        terms = Terms(reward_id, amount, "A reward")
        await sqlite_store.write(rewards.add, reward_id, terms, NOW)
    # A price that was announced counts from its moment on.
    await sqlite_store.write(rewards.edit, "car", Terms(amount=200), NOW)
    await jobs.run_files(settings, sqlite_store, [drop(settings, "export.json")], NOW)
    await jobs.run_refresh(settings, sqlite_store, NOW, "system:test")
    (points,) = await sqlite_store.read(
        lambda session: session.scalars(select(Video.video_points)).all()
    )
    assert 20 <= points <= 200
