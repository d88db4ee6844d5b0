"""The Telegram front at work: a database file, the fake Telegram, and people who know the bot."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Settings
from bot.fronts.on_telegram import Front
from bot.sections import Telegram
from db.store import Store, open_store
from tests.fakes.bot_api import TOKEN, Server
from tests.fakes.bot_api_world import Chat, User

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MODERATORS_ID = -1001
CREATORS_ID = -1002


@dataclass
class Stage:
    """Ann is a creator who started the bot, Mo a moderator, Bob never wrote to it."""

    server: Server
    front: Front
    store: Store
    settings: Settings
    ann: User
    mo: User
    bob: User
    moderators: Chat
    creators: Chat


Prepare = Callable[[Settings, Store], Awaitable[None]]
_prepared: dict[Prepare, bytes] = {}
"""Database files by what was done to them: making one takes longer than most tests."""


async def empty(_: Settings, store: Store) -> None:
    """Tables up to date, nothing in them."""


async def _store(settings: Settings, prepare: Prepare) -> Store:
    path = settings.data_dir / "fairpoints.sqlite3"
    if prepare not in _prepared:
        store = await open_store(settings.url)
        await prepare(settings, store)
        await store.close()
        _prepared[prepare] = path.read_bytes()
    path.write_bytes(_prepared[prepare])
    return await open_store(settings.url)


@asynccontextmanager
async def staged(
    folder: Path, prepare: Prepare = empty, now: datetime = NOW
) -> AsyncIterator[Stage]:
    """Everything started; at the end nothing may have been refused that no test asked for."""
    async with Server() as server:
        settings = _settings(server, folder)
        store = await _store(settings, prepare)
        stage = _stage(server, settings, store, now)
        await stage.front.start(TOKEN)
        yield stage
        await stage.front.stop()
        await store.close()
    assert server.refused == [], server.refused
    assert server.unknown == [], server.unknown


def _settings(server: Server, folder: Path) -> Settings:
    api_url = server.base_url.removesuffix("/bot")
    telegram = Telegram(moderator_chat_ids=(MODERATORS_ID,), api_url=api_url)
    return Settings(data_dir=folder, telegram=telegram)


def _stage(server: Server, settings: Settings, store: Store, now: datetime) -> Stage:
    ann, mo, bob = server.user(7, "ann"), server.user(8, "mo"), server.user(9, "bob")
    ann.chat.is_started = mo.chat.is_started = True
    return Stage(
        server,
        Front(settings, store, lambda: now),
        store,
        settings,
        ann,
        mo,
        bob,
        server.group(MODERATORS_ID, "Moderators", administrator=[mo], member=[ann]),
        server.group(CREATORS_ID, "Creators", member=[ann, mo, bob]),
    )
