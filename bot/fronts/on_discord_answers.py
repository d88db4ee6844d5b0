"""What happens between an interaction and its reply.

Discord wants a first answer within 3 seconds and takes more for 15 minutes. A quick reply is sent
at once; where it takes longer, Discord is told in time that the bot works on it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

import discord
from discord import app_commands

from bot.command import COMMANDS, Access, Call, Caller, Command, Parameter, run, suggestions
from bot.config import Discord, Settings
from bot.fronts.narrow import units
from bot.fronts.on_discord_drawing import BUTTON_PREFIX, Drawing, draw
from bot.fronts.on_discord_menu import Interaction
from bot.fronts.on_discord_text import plain
from bot.line import parse_call
from bot.reply import Refused, Reply, Tone
from db.store import Store

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.5
"""How long a quick command may take before Discord is told that the bot works on it."""
CHOICE_UNITS = 100
ALREADY_ANSWERED = 40060
"""Discord's code for an interaction that it sent again, and which has its answer."""
NOT_TAKEN = (
    "Discord did not take the answer to this. What you asked for may be done already: "
    "look before you ask for it again."
)


class Answers:
    """Runs what an interaction asks for and sends the reply."""

    def __init__(self, settings: Settings, store: Store, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._going: set[asyncio.Task[Any]] = set()

    async def command(self, interaction: Interaction, name: str, given: dict[str, str]) -> None:
        """Answer a slash command."""
        chosen = COMMANDS[name]
        await self._tracked(self._anew(interaction, chosen, given, hidden=chosen.private))

    async def press(self, interaction: Interaction) -> None:
        """Answer a button: in its own message, or aside where that message is somebody else's.

        A button is a command call and nothing more, so it works after any restart.
        """
        data: Mapping[str, Any] = cast(Any, interaction.data)
        pressed = str(data["custom_id"])
        if not pressed.startswith(BUTTON_PREFIX):
            return
        try:
            name, given = parse_call(pressed.removeprefix(BUTTON_PREFIX))
        except Refused as refused:
            await refuse(interaction, refused.reason)
            return
        if _may_change(interaction, COMMANDS[name]):
            await self._tracked(self._instead(interaction, COMMANDS[name], given))
        else:
            await self._tracked(self._anew(interaction, COMMANDS[name], given, hidden=True))

    async def suggest(
        self, interaction: Interaction, name: str, argument: Parameter, typed: str
    ) -> list[app_commands.Choice[Any]]:
        """Return what may be chosen for an argument while it is typed."""
        found = await suggestions(self._call(interaction), name, argument.name, typed)
        # A value that is too long is left out: cut, it would be another one.
        return [
            app_commands.Choice(
                name=plain(one.label or one.value, CHOICE_UNITS),
                value=int(one.value) if argument.kind is int else one.value,
            )
            for one in found
            if 0 < units(one.value) <= CHOICE_UNITS
        ]

    async def drain(self, seconds: float) -> None:
        """Wait for the answers on their way, so many seconds at most."""
        if self._going:
            await asyncio.wait(self._going, timeout=seconds)

    async def _tracked(self, answer: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(answer)
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        await task

    async def _anew(
        self, interaction: Interaction, chosen: Command, given: Mapping[str, str], *, hidden: bool
    ) -> None:
        """Answer with a message of its own; refusals are for the caller alone where possible."""
        hidden = hidden and _in_company(interaction)
        reply = await self._reply(interaction, chosen, given, ephemeral=hidden, thinking=True)
        drawing = draw(reply)
        if interaction.response.is_done():
            await _shown(interaction, interaction.edit_original_response(**drawing.instead()))
        elif reply.tone is Tone.REFUSED:
            await _say_aside(interaction, drawing)
        else:
            sending = interaction.response.send_message(**drawing.new(), ephemeral=hidden)
            await _shown(interaction, sending)

    async def _instead(
        self, interaction: Interaction, chosen: Command, given: Mapping[str, str]
    ) -> None:
        """Answer in the message of the button; a refusal leaves it as it was."""
        reply = await self._reply(interaction, chosen, given)
        drawing = draw(reply)
        if reply.tone is Tone.REFUSED:
            await _say_aside(interaction, drawing)
        elif interaction.response.is_done():
            await _shown(interaction, interaction.edit_original_response(**drawing.instead()))
        else:
            await _shown(interaction, interaction.response.edit_message(**drawing.instead()))

    async def _reply(
        self,
        interaction: Interaction,
        chosen: Command,
        given: Mapping[str, str],
        **deferral: bool,
    ) -> Reply:
        task = asyncio.create_task(run(self._call(interaction), chosen.name, given))
        patience = 0 if chosen.slow else PATIENCE_SECONDS
        done, _ = await asyncio.wait({task}, timeout=patience)
        if not done:
            await interaction.response.defer(**deferral)
        return await task

    def _call(self, interaction: Interaction) -> Call:
        return Call(
            store=self._store,
            settings=self._settings,
            caller=_caller(interaction, self._settings.discord),
            now=self._clock(),
            key=f"dc:{interaction.id}",
        )


def _caller(interaction: Interaction, places: Discord) -> Caller:
    return Caller(
        platform="discord",
        user_id=str(interaction.user.id),
        name=interaction.user.display_name,
        access=_access(interaction, places),
        moderators_place=interaction.channel_id in places.moderator_channel_ids,
    )


def _access(interaction: Interaction, places: Discord) -> Access:
    """Find a moderator by a configured role or by Manage Server, as Discord sent them along."""
    member = interaction.user
    if not isinstance(member, discord.Member):
        return Access.EVERYONE
    allowed = interaction.permissions
    has_role = any(role.id in places.moderator_role_ids for role in member.roles)
    moderates = has_role or allowed.manage_guild or allowed.administrator
    return Access.MODERATOR if moderates else Access.EVERYONE


def _may_change(interaction: Interaction, chosen: Command) -> bool:
    """Tell whether a button may change its message: one that nobody but the presser uses."""
    message = interaction.message
    if message is None:
        return False
    if message.flags.ephemeral or not _in_company(interaction):
        return True
    asked = message.interaction_metadata
    return not chosen.private and asked is not None and asked.user.id == interaction.user.id


def _in_company(interaction: Interaction) -> bool:
    """Tell a server's channel from a direct message, which nobody else reads anyway."""
    return interaction.guild_id is not None


async def refuse(interaction: Interaction, reason: str) -> None:
    """Refuse in words, to the one who asked."""
    await _say_aside(interaction, draw(Reply(text=reason, tone=Tone.REFUSED)))


async def _say_aside(interaction: Interaction, drawing: Drawing) -> None:
    done = interaction.response.is_done()
    send = interaction.followup.send if done else interaction.response.send_message
    await send(**drawing.new(), ephemeral=_in_company(interaction))


async def _shown(interaction: Interaction, sending: Awaitable[object]) -> None:
    """Send; where Discord does not take the message, do not leave the person without a word."""
    try:
        await sending
    except discord.HTTPException as error:
        if error.status != HTTPStatus.BAD_REQUEST or error.code == ALREADY_ANSWERED:
            raise
        log.exception("Discord did not take an answer")
        await refuse(interaction, NOT_TAKEN)
