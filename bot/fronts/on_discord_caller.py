"""Who asks on Discord, and how they are spoken to, as each interaction says."""

import discord

from bot.command import Access, Caller
from bot.config import Settings
from bot.fronts.on_discord_menu import Interaction
from bot.language import Speech, nearest
from bot.sections import Discord


def caller(interaction: Interaction, places: Discord) -> Caller:
    """Return who asks; what may be a moderator's is looked at anew for each interaction."""
    return Caller(
        platform="discord",
        user_id=str(interaction.user.id),
        name=interaction.user.display_name,
        access=_access(interaction, places),
        moderators_place=interaction.channel_id in places.moderator_channel_ids,
        language=str(interaction.locale),
    )


def heard(interaction: Interaction, settings: Settings) -> Speech:
    """Return how somebody is spoken to whom nobody looked up."""
    return Speech(nearest(str(interaction.locale), settings.language))


def _access(interaction: Interaction, places: Discord) -> Access:
    """Find a moderator by a configured role or by Manage Server, as Discord sent them along."""
    member = interaction.user
    if not isinstance(member, discord.Member):
        return Access.EVERYONE
    allowed = interaction.permissions
    has_role = any(role.id in places.moderator_role_ids for role in member.roles)
    moderates = has_role or allowed.manage_guild or allowed.administrator
    return Access.MODERATOR if moderates else Access.EVERYONE
