"""A backup is rehearsed: taken from one database, put into another, and derived again."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

import db.migrations
from bot import backups
from bot import restore as restoring
from bot.books import check_books
from bot.config import Settings
from db import backup
from db.migrations.version import HEAD
from db.models import Notice
from db.store import open_store
from tests.commands.programme import NOW, People
from tests.commands.under_load import kept, under_load
from tests.conftest import UP_TO_DATE, Postgres
from tests.fakes.whole_database import everything

Capture = pytest.CaptureFixture[str]

BEFORE_THIS = "0004"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """An empty place."""
    return Settings(data_dir=tmp_path / "elsewhere")


@pytest.fixture
def postgres_elsewhere(tmp_path: Path, postgres: Postgres) -> Iterator[Settings]:
    name = postgres.create(UP_TO_DATE)
    url = SecretStr(postgres.url(name))
    yield Settings(data_dir=tmp_path / "elsewhere", database_url=url)
    postgres.drop(name)


@pytest.fixture(params=["elsewhere", "postgres_elsewhere"])
def anywhere(request: pytest.FixtureRequest) -> Settings:
    """An empty place of each kind in turn."""
    place: Settings = request.getfixturevalue(request.param)
    return place


def agreed(told: list[str]) -> Callable[[str], bool]:
    """Say yes, and note what was told."""
    return lambda said: told.append(said) is None


async def a_backup(people: People) -> Path:
    summary = await backups.run_backup(people.settings, people.store, NOW, "system:test")
    assert summary.problem is None
    return backups.made(backups.folder(people.settings))[0]


def tampered(path: Path, *statements: str) -> Path:
    with sqlite3.connect(path) as raw:
        for statement in statements:
            raw.execute(statement)
    raw.close()
    return path


async def test_a_backup_taken_under_load_is_whole_elsewhere(everybody: People, anywhere: Settings):
    async with under_load(everybody.store) as load:
        await load.more(20)
        before = set(load.acknowledged)
        path = await a_backup(everybody)
    told: list[str] = []
    assert await restoring.restore(anywhere, path, agreed(told)) == 0
    store = await open_store(anywhere.url)
    found, wrong = await store.read(kept), await check_books(store)
    await store.close()
    assert wrong == []
    assert before <= found <= set(load.acknowledged)
    points = 234 + 106 + len(found)
    assert told[0].startswith(
        f"{path.name} holds 3 creators with {points:,} points and 7 videos; its newest transfer: "
    )


async def test_every_row_is_there_again(everybody: People, anywhere: Settings):
    await everybody.given("ana", 100)
    await everybody.ana.presses("redeem|mug|150|00000000")
    before = await everybody.store.read(everything)
    assert await restoring.restore(anywhere, await a_backup(everybody), agreed([])) == 0
    store = await open_store(anywhere.url)
    after = await store.read(everything)
    await store.close()
    (own,) = set(after.pop("runs")) - set(before.pop("runs"))
    assert "'backup', 'done'" in own
    assert after == before


async def test_what_waited_may_be_sent_and_what_was_on_its_way_is_not_sent_again(
    everybody: People, elsewhere: Settings
):
    await everybody.store.write(_begin_one)
    waiting = (await everybody.store.read(_states)).count("waiting")
    await restoring.restore(elsewhere, await a_backup(everybody), agreed([]))
    store = await open_store(elsewhere.url)
    assert sorted(await store.read(_states)) == ["dropped"] + ["waiting"] * waiting
    await store.close()


def _states(session: Session) -> list[str]:
    return list(session.scalars(select(Notice.state)))


def _begin_one(session: Session) -> None:
    session.scalars(select(Notice).limit(1)).one().state = "sending"


async def test_the_present_database_is_kept_beside(people: People, capsys: Capture):
    path = await a_backup(people)
    await people.given("ana", 7)
    await people.store.close()
    told = []
    assert await restoring.restore(people.settings, path, agreed(told)) == 0
    database = people.settings.data_dir / "fairpoints.sqlite3"
    (beside,) = database.parent.glob("fairpoints.sqlite3.before-restore-*")
    assert f"{database} is restored; what was there before is {beside.name}.\n" in (
        capsys.readouterr().out
    )
    assert told[0].splitlines()[1].startswith(f"{database} holds 3 creators with 347 points ")
    assert await _points(database) == 340
    assert await _points(beside) == 347


async def _points(path: Path) -> int:
    with sqlite3.connect(path) as raw:
        ((points,),) = raw.execute("SELECT sum(balance) FROM accounts").fetchall()
    raw.close()
    return int(points)


async def test_nothing_is_done_while_the_program_runs(people: People, capsys: Capture):
    path = await a_backup(people)
    assert await restoring.restore(people.settings, path, agreed([])) == 1
    told = capsys.readouterr().err
    assert told.startswith("The program still uses ")
    assert told.endswith(": stop it first. Nothing was changed.\n")
    await people.given("ana", 1)  # it goes on
    assert not list(people.settings.data_dir.glob("*restor*"))


async def test_nothing_is_done_without_a_yes(people: People, elsewhere: Settings, capsys: Capture):
    assert await restoring.restore(elsewhere, await a_backup(people), lambda _said: False) == 1
    assert capsys.readouterr().err == "Nothing was changed.\n"
    assert list(elsewhere.data_dir.iterdir()) == []


async def test_a_postgres_database_in_use_is_left_alone(
    everybody: People, postgres_url: str, capsys: Capture
):
    path = await a_backup(everybody)
    place = Settings(data_dir=path.parent, database_url=SecretStr(postgres_url))
    assert await restoring.restore(place, path, agreed([])) == 1
    assert capsys.readouterr().err == f"{restoring.NOT_EMPTY}\n"


async def test_an_older_backup_is_brought_up_to_date(elsewhere: Settings, tmp_path: Path):
    path = tmp_path / "older.sqlite3"
    await asyncio.to_thread(_made_before, path)
    assert await restoring.restore(elsewhere, path, agreed([])) == 0
    with sqlite3.connect(elsewhere.data_dir / "fairpoints.sqlite3") as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
        assert raw.execute("SELECT handle FROM creators").fetchall() == [("ann",)]
    raw.close()


def _made_before(path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(db.migrations.__file__).parent))
    with backup.writing(path) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE_THIS)
        connection.exec_driver_sql(
            "INSERT INTO creators (creator_id, handle, observed_at)"
            " VALUES ('a', 'ann', '2026-03-02T12:00:00.000000+00:00')"
        )


BAD = {
    "text": (b"no database at all" * 100, "file is not a database"),
    "nothing": (b"", "it is a database, but not one of ours"),
}


@pytest.mark.parametrize("what", BAD)
async def test_what_is_no_backup_is_told_in_one_line(
    elsewhere: Settings, tmp_path: Path, what: str, capsys: Capture
):
    content, said = BAD[what]
    path = tmp_path / "some.sqlite3"
    path.write_bytes(content)
    assert await restoring.restore(elsewhere, path, agreed([])) == 1
    assert capsys.readouterr().err == f"some.sqlite3 can't be restored: {said}\n"
    assert list(elsewhere.data_dir.iterdir()) == []


CHANGED = {
    "UPDATE accounts SET balance = balance + 1 WHERE creator_id = 'author-ana'": (
        "its books are not true: creator:author-ana: balance 235, earned 234; "
        "its entries give 234 and 234"
    ),
    "UPDATE alembic_version SET version_num = '9999'": (
        f"its tables have version 9999, this program knows them up to {HEAD}"
    ),
    "DROP TABLE alembic_version": "it is a database, but not one of ours",
}


@pytest.mark.parametrize("statement", CHANGED)
async def test_a_backup_that_was_changed_is_not_restored(
    people: People, elsewhere: Settings, statement: str, capsys: Capture
):
    path = tampered(await a_backup(people), statement)
    assert await restoring.restore(elsewhere, path, agreed([])) == 1
    told = capsys.readouterr().err
    assert told == f"{path.name} can't be restored: {CHANGED[statement]}\n"
    assert list(elsewhere.data_dir.iterdir()) == []


async def test_damage_anywhere_is_found(people: People, elsewhere: Settings, capsys: Capture):
    path = await a_backup(people)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    path.write_bytes(content)
    assert await restoring.restore(elsewhere, path, agreed([])) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"{path.name} can't be restored: ")
    assert len(told.splitlines()) == 1


async def test_a_damaged_database_gives_way_to_its_backup(people: People):
    path = await a_backup(people)
    await people.store.close()
    database = people.settings.data_dir / "fairpoints.sqlite3"
    database.write_bytes(b"no database at all" * 1000)
    assert await restoring.restore(people.settings, path, agreed([])) == 0
    assert await _points(database) == 340
