"""Backups: one verified file each, of either kind of database, the newest kept."""

import sqlite3

from bot import backups
from bot.config import Settings
from db.store import open_store
from tests.commands.programme import NOW, People
from tests.fakes.whole_database import everything


def keeping(settings: Settings, keep: int) -> Settings:
    return settings.model_copy(update={"backup": settings.backup.model_copy(update={"keep": keep})})


async def test_a_backup_holds_every_row_of_every_table(everybody: People):
    before = await everybody.store.read(everything)
    summary = await backups.run_backup(everybody.settings, everybody.store, NOW, "system:test")
    assert summary.problem is None
    (path,) = backups.made(backups.folder(everybody.settings))
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    copy = await open_store(f"sqlite+aiosqlite:///{path}")
    after = await copy.read(everything)
    await copy.close()
    assert after.pop("runs") != before.pop("runs")  # the backup's own run is under way in it
    assert after == before
