"""Where exports come from: the inbox and the bucket, of which neither keeps the other from it."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from bot import jobs, sources
from bot.__main__ import cli
from bot.config import Settings
from db.models import Reading
from db.store import Store
from tests.config_world import loggers_as_they_were, nothing_set  # noqa: F401  # fixtures
from tests.fakes import cloud_storage
from tests.fakes.cloud_storage import BUCKET, Double, Emulator
from tests.scoring.flat_csv import rows, text, write
from tests.scoring.programme import at

DENIED = (
    f"The bucket {BUCKET} may not be read: bucket.credentials must be those of an account that "
    "has the role Storage Object Viewer there."
)


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    with cloud_storage.emulator() as started:
        yield started


@pytest.fixture
def denied() -> Iterator[Double]:
    with cloud_storage.double() as started:
        started.token = cloud_storage.TOKEN
        yield started


def settings(folder: Path, address: str, **bucket: object) -> Settings:
    """Settings with a bucket of exports at this address."""
    said = {"name": BUCKET, "exports": "exports/", "credentials": "anonymous", "api_url": address}
    return Settings(data_dir=folder, intake={"quiet_seconds": 0}, bucket=said | bucket)


async def count_readings(store: Store) -> int:
    found = await store.read(lambda session: session.scalar(select(func.count(Reading.run_id))))
    return found or 0


async def test_both_are_read(sqlite_store: Store, cloud: Emulator, tmp_path: Path):
    said = settings(tmp_path, cloud.address)
    write(said.inbox / "a.csv", *rows(2))
    cloud.put("exports/b.csv", text(*rows(5)).encode(), "text/csv")
    told = await jobs.run_intake(said, sqlite_store, at(5), "system:test")
    assert [(one.source, one.counts["readings"]) for one in told] == [("a.csv", 2), ("b.csv", 3)]
    assert await jobs.run_intake(said, sqlite_store, at(5), "system:test") == []


async def test_a_refresh_reads_both(sqlite_store: Store, cloud: Emulator, tmp_path: Path):
    said = settings(tmp_path, cloud.address)
    write(said.inbox / "a.csv", *rows(2))
    cloud.put("exports/b.csv", text(*rows(5)).encode(), "text/csv")
    told = await jobs.run_refresh(said, sqlite_store, at(5), "system:test")
    assert [one.source for one in told.files] == ["a.csv", "b.csv"]
    assert await count_readings(sqlite_store) == 5


async def test_a_bucket_that_fails_keeps_no_refresh_from_its_work(
    sqlite_store: Store, denied: Double, tmp_path: Path
):
    said = settings(tmp_path, denied.address)
    write(said.inbox / "a.csv", *rows(2))
    told = await jobs.run_refresh(said, sqlite_store, at(5), "system:test")
    assert [one.problem for one in told.files] == [None, DENIED]
    assert (told.problem, told.counts["estimated"]) == (None, 2)


@pytest.mark.parametrize("bucket", [{"name": ""}, {"exports": ""}])
async def test_no_bucket_is_asked_where_config_names_none(
    sqlite_store: Store, denied: Double, tmp_path: Path, bucket: dict[str, object]
):
    said = settings(tmp_path, denied.address, **bucket)
    assert await jobs.run_intake(said, sqlite_store, at(5), "system:test") == []
    assert denied.asked == []


def test_the_bucket_is_opened_as_config_says(tmp_path: Path):
    bucket = sources.open_bucket(settings(tmp_path, "http://127.0.0.1:9", most_megabytes=3))
    assert bucket is not None
    access = bucket.access
    assert (access.name, access.credentials) == (BUCKET, "anonymous")
    assert (access.api_url, access.most_bytes) == ("http://127.0.0.1:9", 3_000_000)


def test_the_job_says_the_buckets_line_and_reads_the_inbox(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, denied: Double
):
    Path("config.toml").touch()
    monkeypatch.setenv("FAIRPOINTS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FAIRPOINTS_INTAKE__QUIET_SECONDS", "0")
    bucket = {"name": BUCKET, "exports": "exports/", "credentials": "anonymous"}
    for name, value in {**bucket, "api_url": denied.address}.items():
        monkeypatch.setenv(f"FAIRPOINTS_BUCKET__{name.upper()}", value)
    write(tmp_path / "data" / "inbox" / "a.csv", *rows(2))
    said = CliRunner().invoke(cli, ["job", "intake", "--json"])
    first, second = json.loads(said.stdout)
    assert (said.exit_code, first["outcome"], second["problem"]) == (1, "done", DENIED)
    told = CliRunner().invoke(cli, ["job", "intake"], env={"COLUMNS": "300"})
    assert f"Problem: {DENIED}" in told.stdout
    assert (tmp_path / "data" / "inbox" / "done" / "a.csv").exists()


async def test_the_scheduled_job_logs_the_buckets_line(
    sqlite_store: Store, denied: Double, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    await jobs._scheduled_intake(settings(tmp_path, denied.address), sqlite_store)
    assert [one.levelname for one in caplog.records if DENIED in one.getMessage()] == ["WARNING"]
