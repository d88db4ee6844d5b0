"""What happens between an interaction and its reply.

Discord wants a first answer within 3 seconds and takes more for 15 minutes. A quick reply is sent
at once; where it takes longer, Discord is told in time that the bot works on it. A private answer
that comes too late for Discord is sent as a direct message.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from discord import app_commands

from bot.command import COMMANDS, Call, Command, Parameter, answer, permitted, suggestions
from bot.config import Settings
from bot.fronts import Blocked, NotSent, Unclear
from bot.fronts.narrow import units
from bot.fronts.on_discord_asking import modal, submitted
from bot.fronts.on_discord_caller import caller, heard
from bot.fronts.on_discord_choices import chosen_call
from bot.fronts.on_discord_delivery import (
    FAILURES,
    Failure,
    ask,
    is_not_taken,
    is_repeat,
    not_taken,
    refuse,
    tell,
)
from bot.fronts.on_discord_files import attached, uploaded
from bot.fronts.on_discord_menu import Interaction
from bot.fronts.on_discord_text import plain
from bot.fronts.on_discord_wishes import Wish, anew, pressed, texts
from bot.fronts.on_discord_words import as_called, reply_as_called
from bot.language import Speech, in_words, nearest, speaking
from bot.line import parse_press
from bot.logs import request
from bot.presence import Presence
from bot.reply import Refused, Reply
from db.store import Store

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.5
"""How long a quick command may take before Discord is told that the bot works on it."""
CHOICE_UNITS = 100


class Answers:
    """Runs what an interaction asks for and sends the reply."""

    def __init__(
        self, settings: Settings, store: Store, clock: Callable[[], datetime], presence: Presence
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._presence = presence
        self._going: set[asyncio.Task[Any]] = set()

    async def command(self, interaction: Interaction, name: str, given: dict[str, Any]) -> None:
        """Answer a slash command."""
        chosen, sent = COMMANDS[name], attached(interaction.client, given)
        hidden = chosen.private
        await self._answer(
            interaction, anew(interaction, chosen, texts(given), sent, hidden=hidden)
        )

    async def press(self, interaction: Interaction) -> None:
        """Answer what was pressed or chosen, or ask for what its call lacks."""
        call = chosen_call(cast(Any, interaction.data))
        if call is None:
            return
        with speaking(heard(interaction, self._settings)):
            try:
                chosen, given, lacking = parse_press(call)
                if lacking is not None:
                    permitted(caller(interaction, self._settings.discord), chosen.name)
            except Refused as refused:
                await refuse(interaction, in_words(refused))
                return
            if lacking is not None:
                await ask(interaction, modal(call, chosen, given, lacking))
                return
        await self._answer(interaction, pressed(interaction, chosen, given, {}))

    async def submit(self, interaction: Interaction) -> None:
        """Answer what was sent off from a window of ours, as its button would be."""
        try:
            found = submitted(cast(Any, interaction.data))
        except Refused as refused:
            with speaking(heard(interaction, self._settings)):
                await refuse(interaction, in_words(refused))
            return
        if found is not None:
            chosen, given, files = found
            sent = uploaded(interaction.client, files)
            await self._answer(interaction, pressed(interaction, chosen, given, sent))

    async def suggest(
        self, interaction: Interaction, name: str, argument: Parameter, typed: str
    ) -> list[app_commands.Choice[Any]]:
        """Return what may be chosen for an argument while it is typed."""
        call = self._call(interaction)
        code = _shown_in(call)
        try:
            found = await suggestions(call, name, argument.name, typed)
        except Exception:  # discord.py would log who asked
            log.exception("what /%s suggests failed", name)
            return []
        # A value that is too long is left out: cut, it would be another one.
        return [
            app_commands.Choice(
                name=plain(as_called(one.label or one.value, code), CHOICE_UNITS),
                value=int(one.value) if argument.kind is int else one.value,
            )
            for one in found
            if 0 < units(one.value) <= CHOICE_UNITS
        ]

    async def drain(self, seconds: float) -> None:
        """Wait for the answers on their way, so many seconds at most."""
        if self._going:
            await asyncio.wait(self._going, timeout=seconds)

    async def _answer(self, interaction: Interaction, wish: Wish) -> None:
        call = self._call(interaction)
        with request(call.caller.platform, call.key):
            task = self._tracked(self._answered(interaction, wish, call))
        await task

    def _tracked(self, answer: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(answer)
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        return task

    async def _answered(self, interaction: Interaction, wish: Wish, call: Call) -> None:
        """Run the command, which logs how it went, and send its reply."""
        work = asyncio.create_task(_said(call, wish))
        try:
            await _in_time(interaction, wish, work)
            reply, language = await work
            with speaking(language):
                await wish.send(interaction, reply)
        except FAILURES as error:
            await _otherwise(interaction, wish, work, error)

    def _call(self, interaction: Interaction) -> Call:
        return Call(
            store=self._store,
            settings=self._settings,
            caller=caller(interaction, self._settings.discord),
            now=self._clock(),
            key=f"dc:{interaction.id}",
            presence=self._presence,
        )


Said = tuple[Reply, Speech]


async def _said(call: Call, wish: Wish) -> Said:
    """Return the reply, its commands as Discord names them, and how the caller is spoken to."""
    with_files = replace(call, sent=wish.sent)
    reply, language = await answer(with_files, wish.chosen.name, wish.given)
    return reply_as_called(reply, _shown_in(call)), language


def _shown_in(call: Call) -> str:
    """Return the language in which the caller's Discord names commands."""
    return nearest(call.caller.language, call.settings.language)


async def _in_time(interaction: Interaction, wish: Wish, work: asyncio.Task[Said]) -> None:
    """Wait for the reply as long as Discord does; then say that the bot works on it."""
    done, _pending = await asyncio.wait({work}, timeout=0 if wish.chosen.slow else PATIENCE_SECONDS)
    if not done:
        await interaction.response.defer(**wish.deferral)


async def _otherwise(
    interaction: Interaction, wish: Wish, work: asyncio.Task[Said], error: Failure
) -> None:
    """Do what is left where Discord does not take the answer."""
    reply, language = await work  # what was begun is done, told or not
    if is_repeat(error):
        log.info("a request that Discord sent again has its answer")
        return
    with speaking(language):
        if is_not_taken(error):
            log.error("Discord did not take an answer of /%s: %s", wish.chosen.name, error)
            await refuse(interaction, not_taken())
        else:
            await _by_message(interaction, wish.chosen, reply, error)


async def _by_message(
    interaction: Interaction, chosen: Command, reply: Reply, error: Failure
) -> None:
    """Send a private answer that comes too late as a direct message, so that it is not lost."""
    why: object = "it was for a channel"
    if chosen.private:
        try:
            await tell(interaction.client, str(interaction.user.id), reply, str(interaction.id))
        except (Blocked, NotSent, Unclear) as reason:
            why = reason
        else:
            log.info("an answer of /%s came too late and went by message", chosen.name)
            return
    log.warning("an answer of /%s is lost (%s): %s", chosen.name, type(error).__name__, why)
