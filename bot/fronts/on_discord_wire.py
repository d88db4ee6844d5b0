"""Where Discord is, and what stands against it, in words without a secret in them."""

from json import JSONDecodeError

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.fronts import NotConnected, Unwelcome

UNWELCOME = (
    "Discord refused the token: set FAIRPOINTS_DISCORD_TOKEN to the one that "
    "the developer portal shows under Bot"
)
CLOSED_FOR_THE_TOKEN = 4004
"""Discord's code for closing a connection whose token is wrong, or was replaced."""


def at(api_url: str) -> None:
    """Let discord.py, which has one address for a whole process, find Discord here."""
    Route.BASE = api_url.rstrip("/")


async def follow_gateway(client: discord.Client, usual: str) -> None:
    """Connect to the gateway that the address names, where it is not the usual address.

    discord.py asks for no gateway by itself, and goes back to the one that it knows whenever a
    session can't be resumed.
    """
    if usual == Route.BASE:
        return
    _shards, found, _limits = await client.http.get_bot_gateway()
    connect = client.http.ws_connect

    async def ws_connect(url: str, *, compress: int = 0) -> object:
        known = yarl.URL(url)
        if known.host == DiscordWebSocket.DEFAULT_GATEWAY.host:
            url = str(yarl.URL(found).with_query(known.query))
        return await connect(url, compress=compress)

    client.http.ws_connect = ws_connect  # type: ignore[method-assign,assignment]  # no setting for it


def problem(error: BaseException, patience_seconds: int) -> NotConnected:
    """Return what stands against Discord; `Unwelcome` where trying again is no use."""
    fits_in_no_header = isinstance(error, ValueError) and not isinstance(error, JSONDecodeError)
    if isinstance(error, discord.LoginFailure) or fits_in_no_header:
        return Unwelcome(UNWELCOME)
    if isinstance(error, discord.ConnectionClosed) and error.code == CLOSED_FOR_THE_TOKEN:
        return Unwelcome(UNWELCOME)
    return NotConnected(_reason(error, patience_seconds))


def _reason(error: BaseException, patience_seconds: int) -> str:
    if isinstance(error, discord.ConnectionClosed):
        return f"Discord left: {error}"
    if isinstance(error, discord.HTTPException):
        return f"Discord answered {error.status}: {error.text}"
    if isinstance(error, discord.RateLimited):
        return f"Discord asks to wait {error.retry_after:.0f} seconds"
    if isinstance(error, TimeoutError):
        return f"Discord did not answer within {patience_seconds} seconds"
    # Of other errors only these are known not to repeat what was sent.
    detail = str(error) if isinstance(error, OSError) else type(error).__name__
    return f"Discord can't be reached: {detail}"
