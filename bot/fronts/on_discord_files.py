"""Files that people send with a command or in a window, which lie at Discord until fetched."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import discord

from bot.call import Sent
from bot.fronts.on_discord_delivery import FAILURES
from bot.uploads import Unfetched


def attached(client: discord.Client, given: Mapping[str, Any]) -> dict[str, Sent]:
    """Return the files among what was given for a slash command's options."""
    return {
        name: Sent(one.filename, one.size, partial(_fetch, client, one.url))
        for name, one in given.items()
        if isinstance(one, discord.Attachment)
    }


def uploaded(client: discord.Client, files: Mapping[str, Mapping[str, Any]]) -> dict[str, Sent]:
    """Return the files that were sent in a window, of which Discord tells in its own words."""
    return {
        name: Sent(one["filename"], one["size"], partial(_fetch, client, one["url"]))
        for name, one in files.items()
    }


async def _fetch(client: discord.Client, url: str) -> bytes:
    """Fetch a file from the address that Discord itself gave."""
    try:
        return await client.http.get_from_cdn(url)
    except FAILURES as error:
        raise Unfetched(type(error).__name__) from None
