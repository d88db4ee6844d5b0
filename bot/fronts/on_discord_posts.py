"""Posts in a channel of Discord's: sent there, and edited where they stand."""

import asyncio

import discord

from bot.fronts import Blocked, Gone, NotSent, Unclear
from bot.fronts.on_discord_delivery import FAILURES, TELL_SECONDS, Failure, short, untold
from bot.fronts.on_discord_drawing import draw
from bot.reply import Reply

SHUT = frozenset({50001, 50013, 10003, 50008, 50024, 50083})
"""Discord's codes for a channel that is gone, is none for words, or may not be written in."""
LOST = frozenset({10008, 50005})
"""Discord's codes for a message that is gone, or is somebody else's."""


async def post(client: discord.Client, chat_id: str, reply: Reply, nonce: str) -> str:
    """Send a post to a channel; Discord answers a repeat of the nonce with what stands there.

    Returns the message's id. Raises what `edit` raises, but never Gone.
    """
    try:
        async with asyncio.timeout(TELL_SECONDS):
            channel = client.get_partial_messageable(int(chat_id))
            sent = await channel.send(**draw(reply).new(), nonce=short(nonce))
    except FAILURES as error:
        raise _not_posted(error) from None
    return str(sent.id)


async def edit(client: discord.Client, chat_id: str, message_id: str, reply: Reply) -> None:
    """Put other words and buttons into a post.

    Raises Gone where the message is not there any more, Blocked where the bot may not write,
    NotSent where it may be tried again, Unclear where no answer came.
    """
    try:
        async with asyncio.timeout(TELL_SECONDS):
            channel = client.get_partial_messageable(int(chat_id))
            nobody = discord.AllowedMentions.none()  # an edit does not take the client's own
            message = channel.get_partial_message(int(message_id))
            await message.edit(**draw(reply).instead(), allowed_mentions=nobody)
    except FAILURES as error:
        raise _not_posted(error) from None


def _not_posted(error: Failure) -> Blocked | Gone | NotSent | Unclear:
    code = error.code if isinstance(error, discord.HTTPException) else 0
    said = f"Discord answered {code}"
    if code in SHUT:
        return Blocked(said)
    return Gone(said) if code in LOST else untold(error)
