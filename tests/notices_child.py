"""A process that sends notices until it is killed: `database address clock-ahead-by-seconds`."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from bot import notices
from bot.config import Settings
from bot.presence import Presence
from bot.reply import Reply
from db.store import open_store


class Posting:
    """A front that posts what it is told to an address on this machine."""

    def __init__(self, session: aiohttp.ClientSession, address: str, platform: str) -> None:
        self._session, self._address, self._platform = session, address, platform

    async def tell(self, user_id: str, reply: Reply, nonce: str) -> None:
        said = {"platform": self._platform, "user_id": user_id, "nonce": nonce}
        said |= {"text": reply.text, "note": reply.note}
        async with self._session.post(self._address, json=said) as answer:
            answer.raise_for_status()


async def send(url: str, address: str, ahead: timedelta) -> None:
    store = await open_store(url)
    async with aiohttp.ClientSession() as session:
        fronts = {name: Posting(session, address, name) for name in ("discord", "telegram")}
        settings = Settings(data_dir=Path("nowhere"))
        sender = notices.Sender(
            settings, store, fronts, Presence(), lambda: datetime.now(UTC) + ahead
        )
        sender.start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    notices.PACE_SECONDS, notices.LOOK_SECONDS = 0.0, 0.05
    asyncio.run(send(sys.argv[1], sys.argv[2], timedelta(seconds=float(sys.argv[3]))))
