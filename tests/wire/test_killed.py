"""The power goes off fifteen times while people ask on both platforms: nothing lost or doubled.

Telegram delivers again what was not confirmed. Discord does not, so there people click again, and
moderators look before they grant again.
"""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import check, inbox, ledger
from db.models import Redemption, Transfer
from tests.fakes.bot_api import Server
from tests.fakes.discord_server import discord_server
from tests.wire.asking_on_discord import OnDiscord
from tests.wire.asking_on_telegram import OnTelegram
from tests.wire.process import PRICE, Process, found, tiny_programme

KILLS = 15
BEGUN_WITH = 1_000_000


async def test_kills_lose_nothing_and_double_nothing(tmp_path: Path):
    await tiny_programme(tmp_path)
    async with Server() as telegram_server, discord_server() as discord:
        on_telegram, on_discord = OnTelegram(telegram_server), OnDiscord(discord)
        process = Process(tmp_path, on_telegram.environment | on_discord.environment)
        try:
            await _killed_again_and_again(process, on_telegram, on_discord)
            await _finish(process, on_telegram, on_discord)
        finally:
            await process.kill()
        telegram_server.updates.close()
    assert on_telegram.unanswered() == []
    assert on_discord.unanswered_orders() == []
    assert "put aside" not in process.said()
    await found(tmp_path, lambda session: _check_books(session, on_telegram, on_discord))


async def _killed_again_and_again(
    process: Process, on_telegram: OnTelegram, on_discord: OnDiscord
) -> None:
    """Kill at any moment: before an answer, between two, on one platform or the other."""
    chance = random.Random(25)
    for kill in range(KILLS):
        on_discord.expect()
        await process.start()
        await on_telegram.ask()
        if kill % 5:
            waiting = len(on_telegram.unanswered())
            await on_telegram.until_answered(waiting - chance.randint(1, 3))
        if kill % 3 == 0:
            await on_discord.connected()
            await on_discord.ask()
            if chance.random() < 0.5:
                await on_discord.until_answered()
        await asyncio.sleep(chance.uniform(0, 0.05))  # the power knows no good moment
        await process.kill()


async def _finish(process: Process, on_telegram: OnTelegram, on_discord: OnDiscord) -> None:
    on_discord.expect()
    await process.start()
    with suppress(TimeoutError):  # what is missing is named below
        await on_telegram.until_answered(0)
    await on_discord.connected()
    await on_discord.ask()
    await on_discord.until_answered()
    assert await process.leave() == 0


def _check_books(session: Session, on_telegram: OnTelegram, on_discord: OnDiscord) -> None:
    assert list(check.books(session)) == []
    assert inbox.undone(session, "tg:") == []
    orders = [f"redeem:ann:{one}" for one in on_telegram.orders]
    orders += [f"redeem:ben:{one}" for one in on_discord.orders]
    keys = session.scalars(select(Transfer.key).where(Transfer.kind == ledger.REDEMPTION))
    assert sorted(keys) == sorted(orders)
    assert len(session.scalars(select(Redemption.redemption_id)).all()) == len(orders)
    reasons = select(Transfer.reason).where(Transfer.kind == ledger.ADJUSTMENT)
    granted = Counter(one for one in session.scalars(reasons) if one.startswith("grant "))
    assert set(granted.values()) <= {1}
    assert set(on_telegram.grants) <= granted.keys()
    assert on_discord.answered_grants() <= granted.keys()
    anns = BEGUN_WITH + len(on_telegram.grants) - PRICE * len(on_telegram.orders)
    assert ledger.balance_of(session, "ann") == anns
