"""How long an answer takes: from an update to the reply, ours against a bare echo handler.

Both talk to the tests' own servers over HTTP on loopback, in turns in one run, so that the ratio
says what our side costs. `/help` looks up who asks, `/history` reads the database too. On Telegram
each update is first written down, as it is not delivered again; a bare handler loses it in a crash.
Exits with 1 where a target is missed.
"""

import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
from rich.console import Console
from sqlalchemy import insert
from sqlalchemy.orm import Session
from telegram import Update
from telegram.ext import ApplicationBuilder, CommandHandler

from bot.config import Settings
from bot.fronts.on_discord import Front
from bot.presence import Presence
from bot.sections import Discord
from db.models import Identity
from db.store import Store, open_store
from tests.commands.programme import NOW, build
from tests.fakes.bot_api import TOKEN, Server
from tests.fakes.bot_api_stage import staged
from tests.fakes.bot_api_world import User
from tests.fakes.discord_payloads import TOKEN as DISCORD_TOKEN
from tests.fakes.discord_payloads import sent
from tests.fakes.discord_server import DiscordServer, discord_server

ROUNDS, WARM = 150, 20
GAP_SECONDS = 0.04
"""Between two requests: else Telegram's limit of 30 messages a second would be measured."""
TRIPS = {"telegram /help": 3, "telegram /history": 4, "discord /help": 1, "discord /history": 2}
"""To the database: each reads who asks, /history the movements too; Telegram's inbox commits the
update before it is confirmed, and its end."""
TRIP = {"telegram": 1.0, "discord": 2.0}
"""What a trip, and as much again the drawing, may take, in bare answers.

A read hops between threads for 1 to 2 ms. A bare answer on loopback takes 1 ms on Discord's library
and 3 ms on Telegram's, so the same trip weighs more on Discord.
"""
MOST = {name: 1 + TRIP[name.partition(" ")[0]] * (trips + 1) for name, trips in TRIPS.items()}
"""The highest ratio of the medians: the bare answer, the trips and the drawing, and no more.

A second look at who asks, or a drawing that takes as long as a read twice over, misses it.
"""

Ask = Callable[[], Awaitable[object]]


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with telegram(Path(folder)) as asks:
            took = {f"telegram {name}": one for name, one in (await timed(asks)).items()}
    with tempfile.TemporaryDirectory() as folder:
        async with on_discord(Path(folder)) as asks:
            took |= {f"discord {name}": one for name, one in (await timed(asks)).items()}
    sys.exit(not tell(took))


async def timed(asks: Mapping[str, Ask]) -> dict[str, list[float]]:
    """Ask all in turns, and return how many milliseconds each took."""
    took: dict[str, list[float]] = {name: [] for name in asks}
    for _, (name, ask) in itertools.product(range(WARM + ROUNDS), asks.items()):
        begun = time.perf_counter()
        await ask()
        took[name].append(1_000 * (time.perf_counter() - begun))
        await asyncio.sleep(GAP_SECONDS)
    return {name: one[WARM:] for name, one in took.items()}


def tell(took: Mapping[str, list[float]]) -> bool:
    """Print the figures; True where all targets are met."""
    console = Console(soft_wrap=True)
    ratios = {}
    for name, ours in took.items():
        bare = took[f"{name.partition(' ')[0]} echo"]
        ratios[name] = statistics.median(ours) / statistics.median(bare)
        console.print(
            f"{name}: p50 {statistics.median(ours):.1f} ms, p99 {p99(ours):.1f} ms; of echo's "
            f"{ratios[name]:.2f} and {p99(ours) / p99(bare):.2f}; at most {MOST.get(name, 1):.0f}"
        )
    return all(ratios[name] <= most for name, most in MOST.items())


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


@asynccontextmanager
async def telegram(folder: Path) -> AsyncIterator[dict[str, Ask]]:
    """Our bot and a bare one, each polling a server of its own."""
    async with staged(folder, _programme) as stage, Server() as server:
        bare = ApplicationBuilder().token(TOKEN).base_url(server.base_url).build()
        bare.add_handler(CommandHandler("echo", _echo))
        await bare.initialize()
        await bare.start()
        await bare.updater.start_polling()
        eve = server.user(7, "eve")
        yield {
            "echo": lambda: _asked(eve, "/echo"),
            "/help": lambda: _asked(stage.ann, "/help"),
            "/history": lambda: _asked(stage.ann, "/history"),
        }
        await bare.updater.stop()
        await bare.stop()
        await bare.shutdown()


async def _programme(_: Settings, store: Store) -> None:
    await build(store)
    await store.write(_ann, "telegram", "7")


def _ann(session: Session, platform: str, user_id: str) -> None:
    """Let another account be that of the programme's first person."""
    found = session.query(Identity).filter_by(platform="discord", user_id="1").one()
    known = {"platform": platform, "user_id": user_id, "person_id": found.person_id}
    session.execute(insert(Identity).values(created_at=NOW, **known))


async def _echo(update: Update, _: Any) -> None:
    if update.effective_message is not None:
        await update.effective_message.reply_text("echo")


async def _asked(who: User, line: str) -> None:
    await who.say(who.chat, line)
    await who.chat.next_message()


@asynccontextmanager
async def on_discord(folder: Path) -> AsyncIterator[dict[str, Ask]]:
    """Our bot, with a bare command of discord.py's beside its own."""
    async with discord_server() as server:
        settings = Settings(data_dir=folder, discord=Discord(api_url=server.api_url))
        store = await open_store(settings.url)
        await build(store)
        await store.write(_ann, "discord", "42")
        front = Front(settings, store, lambda: NOW, Presence())
        front.client.tree.add_command(_bare())
        await front.start(DISCORD_TOKEN)
        ids = map(str, itertools.count(5_000_000))
        yield {
            name: lambda name=name: _sent(server, next(ids), name.removeprefix("/"))
            for name in ("echo", "/help", "/history")
        }
        await front.stop()
        await store.close()


def _bare() -> discord.app_commands.Command[Any, Any, Any]:
    @discord.app_commands.command(name="echo", description="Echo")
    async def echo(interaction: discord.Interaction) -> None:
        embed = discord.Embed(description="echo")
        await interaction.response.send_message(embed=embed, ephemeral=True)

    return echo


async def _sent(server: DiscordServer, interaction_id: str, name: str) -> None:
    await server.gateway.say("INTERACTION_CREATE", sent(interaction_id, name))
    await server.answer_to(interaction_id)


if __name__ == "__main__":
    asyncio.run(main())
