"""Discord's front: slash commands and buttons in, embeds out.

It asks for no privileged intent: who may moderate, and where, comes with each interaction.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import discord
from discord import app_commands

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.command import COMMANDS
from bot.config import Settings
from bot.fronts import NotSent, on_discord_posts
from bot.fronts.on_discord_answers import Answers
from bot.fronts.on_discord_caller import heard
from bot.fronts.on_discord_delivery import refuse, tell
from bot.fronts.on_discord_member import points_of_member
from bot.fronts.on_discord_menu import Interaction, menu
from bot.fronts.on_discord_sync import sync
from bot.fronts.on_discord_wire import at, follow_gateway, problem
from bot.fronts.on_discord_words import Words, reply_as_called
from bot.language import _, speaking
from bot.presence import Presence
from bot.reply import Reply
from bot.sections import Discord
from db.store import Store

log = logging.getLogger(__name__)

CONNECT_SECONDS = 60
FAREWELL_SECONDS = 5
"""How long `stop` waits for answers on their way."""
USUAL_URL = Discord().api_url
MEMORY = "discord-commands.json"
"""In the data folder: which commands Discord was last told of."""
SILENCE_SECONDS = 60
"""A connection on which nothing is heard for so long, heartbeats included, is made anew."""
LONGEST_WAIT_SECONDS = 30
"""Where Discord asks to wait longer, the request is given up."""


class Front:
    """The bot on Discord. Each Front starts once."""

    def __init__(
        self, settings: Settings, store: Store, clock: Callable[[], datetime], presence: Presence
    ) -> None:
        self._api_url = settings.discord.api_url
        self._presence = presence
        self._answers = Answers(settings, store, clock, presence)
        self._connection: asyncio.Task[None] | None = None
        self.client = Client(settings, self._answers, partial(_note, presence, clock))

    async def start(self, token: str) -> None:
        """Log in, tell Discord the commands if they changed, and return once it is connected.

        Raises Unwelcome where Discord refuses the token, NotConnected where it can't be reached,
        or refuses the commands.
        """
        at(self._api_url)
        # Below this level discord.py writes down the tokens of interactions.
        logging.getLogger("discord").setLevel(logging.INFO)
        error = await self._failure(token)
        if error is not None:
            await self.stop()
            raise problem(error, CONNECT_SECONDS)
        self._presence.usernames["discord"] = str(self.client.user)

    async def _failure(self, token: str) -> Exception | None:
        """Come online, or return what stood against it."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._come_online(token)
        except Exception as error:  # noqa: BLE001  # `problem` has words for each
            return error
        return None

    async def _come_online(self, token: str) -> None:
        await self.client.login(token)
        connection = self._connection = asyncio.create_task(self.client.connect())
        hears = asyncio.create_task(self.client.hears.wait())
        try:
            await asyncio.wait({connection, hears}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            hears.cancel()
        if connection.done() and self.client.ws is None:
            # discord.py then fails at something of its own, and says nothing of the cause.
            raise ConnectionError("its gateway does not answer")
        if connection.done():
            await connection

    async def wait(self) -> None:
        """Return after `stop`; raise where Discord ended the connection for good.

        Raises Unwelcome where it refuses the token, NotConnected for anything else.
        """
        if self._connection is None:
            return
        await asyncio.wait({self._connection})
        error = None if self._connection.cancelled() else self._connection.exception()
        if error is not None:
            raise problem(error, CONNECT_SECONDS)

    async def tell(self, user_id: str, reply: Reply, nonce: str) -> None:
        """Send a notice to a person's private chat; Discord drops a repeat of the same nonce.

        Raises Blocked where the person can't be written to, NotSent where it may be tried again.
        """
        self._refuse_unconnected()
        await tell(self.client, user_id, reply, nonce)

    async def post(self, chat_id: str, reply: Reply, nonce: str) -> str:
        """Send a post to a channel; return the message's id. Raises what `tell` raises."""
        self._refuse_unconnected()
        return await on_discord_posts.post(self.client, chat_id, self._as_called(reply), nonce)

    async def edit(self, chat_id: str, message_id: str, reply: Reply) -> None:
        """Put other words and buttons into a post; raises what `tell` raises, or Gone."""
        self._refuse_unconnected()
        said = self._as_called(reply)
        await on_discord_posts.edit(self.client, chat_id, message_id, said)

    def _refuse_unconnected(self) -> None:
        if not self.client.hears.is_set() or self.client.is_closed():
            raise NotSent("Discord is not connected")

    def _as_called(self, reply: Reply) -> Reply:
        """Write commands as those see them who read in the programme's own language."""
        return reply_as_called(reply, self.client.settings.language)

    async def stop(self) -> None:
        """Hear no more, let the answers on their way be sent, then leave."""
        if self._connection is not None:
            # discord.py says 1000 ("I leave") only where nothing waits for the next event.
            self._connection.cancel()
            await asyncio.wait({self._connection})
        await self._answers.drain(FAREWELL_SECONDS)
        await self.client.close()


def _note(presence: Presence, clock: Callable[[], datetime], hears: bool) -> None:  # noqa: FBT001  # told by `partial`
    presence.note("discord", clock(), hears=hears)


class Client(discord.Client):
    """The connection: it keeps no messages and no members."""

    def __init__(self, settings: Settings, answers: Answers, note: Callable[[bool], None]) -> None:
        # Here nobody speaks, so nobody need be told of libraries for it.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            heartbeat_timeout=SILENCE_SECONDS,
            max_ratelimit_timeout=LONGEST_WAIT_SECONDS,
        )
        self.settings = settings
        self._answers = answers
        self._note = note
        self.hears = asyncio.Event()
        """Set from when Discord sends events; `on_ready` comes seconds later."""
        self.tree = Tree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )
        places = [discord.Object(one) for one in settings.discord.guild_ids]
        entries = menu(
            COMMANDS.values(),
            answers.command,
            answers.suggest,
            managers_only=not settings.discord.moderator_role_ids,
        )
        for entry in (*entries, *points_of_member(answers.command)):
            self.tree.add_command(entry, guilds=places or discord.utils.MISSING)

    async def setup_hook(self) -> None:
        """Tell Discord the commands, between logging in and connecting."""
        said, words = self.settings, Words(self.settings.language)
        await sync(self.tree, words, said.discord.guild_ids, said.data_dir / MEMORY)
        await follow_gateway(self, USUAL_URL)

    async def on_connect(self) -> None:
        """Note that events come in now."""
        self.hears.set()
        self._note(True)

    async def on_resumed(self) -> None:
        """Note that events come in again."""
        self._note(True)

    async def on_disconnect(self) -> None:
        """Note that none come; discord.py connects again by itself."""
        self._note(False)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Answer pressed buttons and windows, however old; the tree has the commands."""
        if interaction.type is discord.InteractionType.component:
            await self._answers.press(interaction)
        elif interaction.type is discord.InteractionType.modal_submit:
            await self._answers.submit(interaction)


class Tree(app_commands.CommandTree[Client]):
    """Finds the command of an interaction."""

    async def on_error(self, interaction: Interaction, error: Any, /) -> None:
        """Say so where Discord still shows commands of before; log everything else."""
        if interaction.type is discord.InteractionType.autocomplete:
            return
        stale = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)
        if isinstance(error, stale):
            with speaking(heard(interaction, interaction.client.settings)):
                await refuse(interaction, _changed())
        else:
            log.error("a command's answer did not reach Discord", exc_info=error)


def _changed() -> str:
    return _(
        "This command has changed since Discord showed it to you. Reload Discord, then try again."
    )
