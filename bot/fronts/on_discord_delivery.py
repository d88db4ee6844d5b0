"""How an answer reaches the person, and what is done where Discord does not take it."""

import asyncio
import hashlib
import logging
from http import HTTPStatus

import aiohttp
import discord

from bot.fronts import Blocked, NotSent, Unclear
from bot.fronts.on_discord_drawing import Drawing, draw
from bot.fronts.on_discord_menu import Interaction
from bot.language import _
from bot.reply import Reply, Tone

log = logging.getLogger(__name__)

TELL_SECONDS = 40
"""How long a notice may take: the library's own tries take 25 seconds and more."""
NONCE_LENGTH = 25
"""Discord takes no longer one."""

ALREADY_ANSWERED = 40060
"""Discord's code for an interaction that it sent again, and which has its answer."""
TOO_LATE = frozenset({10062, 10015, 50027})
"""Discord's codes for an interaction whose 3 seconds, or 15 minutes, are over."""
UNREACHABLE = frozenset({50007, 50278, 10013, 50033})
"""Discord's codes for who takes no messages of the bot, shares no server with it, or is gone."""

Failure = discord.HTTPException | discord.RateLimited | aiohttp.ClientError | OSError
FAILURES = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError)
"""What sending may end in; a TimeoutError is an OSError."""


def in_company(interaction: Interaction) -> bool:
    """Tell a server's channel from a direct message, which nobody else reads anyway."""
    return interaction.guild_id is not None


async def refuse(interaction: Interaction, reason: str) -> None:
    """Refuse in words, to the one who asked; where that fails too, there is nothing left."""
    try:
        await say_aside(interaction, draw(Reply(text=reason, tone=Tone.REFUSED)))
    except FAILURES as error:
        log.info("a refusal did not reach Discord: %s", type(error).__name__)


async def ask(interaction: Interaction, window: discord.ui.Modal) -> None:
    """Open a window; where it is too late for one, the person presses again."""
    try:
        await interaction.response.send_modal(window)
    except FAILURES as error:
        log.warning("a window was not opened on Discord: %s", type(error).__name__)


async def say_aside(interaction: Interaction, drawing: Drawing) -> None:
    """Answer for the one who asked alone, beside what was answered already."""
    done = interaction.response.is_done()
    send = interaction.followup.send if done else interaction.response.send_message
    await send(**drawing.new(), ephemeral=in_company(interaction))


def is_repeat(error: Failure) -> bool:
    """Tell whether Discord has the answer already, as after an event that it sent again."""
    return isinstance(error, discord.HTTPException) and error.code == ALREADY_ANSWERED


def is_not_taken(error: Failure) -> bool:
    """Tell whether Discord refused the answer for what stands in it."""
    return (
        isinstance(error, discord.HTTPException)
        and error.status == HTTPStatus.BAD_REQUEST
        and error.code not in TOO_LATE
    )


def not_taken() -> str:
    """Say that an answer was refused."""
    return _(
        "Discord did not take the answer to this. What you asked for may be done already: "
        "look before you ask for it again."
    )


async def tell(client: discord.Client, user_id: str, reply: Reply, nonce: str) -> None:
    """Send a direct message; Discord drops a repeat of the same nonce within minutes.

    Raises Blocked where the person can't be written to, NotSent where it may be tried again,
    Unclear where no answer came.
    """
    drawing = draw(reply)
    try:
        async with asyncio.timeout(TELL_SECONDS):
            chat = await client.create_dm(discord.Object(int(user_id)))
            await chat.send(**drawing.new(), nonce=short(nonce))
    except FAILURES as error:
        raise untold(error) from None


def short(nonce: str) -> str:
    """Return a nonce as long as Discord takes one."""
    if len(nonce) <= NONCE_LENGTH:
        return nonce
    return hashlib.sha256(nonce.encode()).hexdigest()[:NONCE_LENGTH]


def untold(error: Failure) -> Blocked | NotSent | Unclear:
    """Return what a failure means for what was to be sent."""
    if isinstance(error, discord.RateLimited):
        return NotSent("Discord asks to wait", error.retry_after)
    if isinstance(error, discord.HTTPException):
        said = f"Discord answered {error.status} ({error.code})"
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Unclear(said)
        return Blocked(said) if error.code in UNREACHABLE else NotSent(said)
    if isinstance(error, aiohttp.ClientConnectorError):
        return NotSent(f"Discord can't be reached: {type(error).__name__}")
    return Unclear(f"Discord did not answer: {type(error).__name__}")
