"""What an interaction asks for, and where its answer goes: a new message, or the button's own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import discord

from bot.call import Sent
from bot.command import Command
from bot.fronts.on_discord_delivery import in_company, say_aside
from bot.fronts.on_discord_drawing import draw
from bot.fronts.on_discord_menu import Interaction
from bot.reply import Reply, Tone

Send = Callable[[Interaction, Reply], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an interaction asks for, and how its answer is sent."""

    chosen: Command
    given: Mapping[str, str]
    send: Send
    deferral: Mapping[str, bool]
    """How Discord is told that the answer takes longer."""
    sent: Mapping[str, Sent] = field(default_factory=dict[str, Sent])
    """The files that came along, by their arguments."""


def pressed(
    interaction: Interaction, chosen: Command, given: Mapping[str, str], sent: Mapping[str, Sent]
) -> Wish:
    """Answer what was pressed in its own message where nobody else uses that, else aside.

    A post in a channel is everybody's: the private answer of one person does not replace it.
    """
    if _may_change(interaction, chosen):
        return Wish(chosen, given, _instead, {}, sent)
    return anew(interaction, chosen, given, sent, hidden=True)


def anew(
    interaction: Interaction,
    chosen: Command,
    given: Mapping[str, str],
    sent: Mapping[str, Sent],
    *,
    hidden: bool,
) -> Wish:
    """Answer with a message of its own; refusals are for the caller alone where possible."""
    ephemeral = hidden and in_company(interaction)

    async def send(asked: Interaction, reply: Reply) -> None:
        drawing = draw(reply)
        if asked.response.is_done():
            await asked.edit_original_response(**drawing.instead())
        elif reply.tone is Tone.REFUSED:
            await say_aside(asked, drawing)
        else:
            await asked.response.send_message(**drawing.new(), ephemeral=ephemeral)

    return Wish(chosen, given, send, {"ephemeral": ephemeral, "thinking": True}, sent)


async def _instead(interaction: Interaction, reply: Reply) -> None:
    """Answer in the message of the button; a refusal leaves it as it was."""
    drawing = draw(reply)
    if reply.tone is Tone.REFUSED:
        await say_aside(interaction, drawing)
    elif interaction.response.is_done():
        await interaction.edit_original_response(**drawing.instead())
    else:
        await interaction.response.edit_message(**drawing.instead())


def _may_change(interaction: Interaction, chosen: Command) -> bool:
    """Tell whether a button may change its message: one that nobody but the presser uses."""
    message = interaction.message
    if message is None:
        return False
    if message.flags.ephemeral or not in_company(interaction):
        return True
    asked: discord.MessageInteractionMetadata | None = message.interaction_metadata
    return not chosen.private and asked is not None and asked.user.id == interaction.user.id


def texts(given: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed among a slash command's options."""
    return {
        name: str(value)
        for name, value in given.items()
        if not isinstance(value, discord.Attachment)
    }
