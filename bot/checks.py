"""fairpoints check: what is missing for each front and job, and whether the books are true."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.app import opened
from bot.config import Settings
from db import check
from db.models import Account, Transfer
from scoring import recheck

DISCORD = (
    "FAIRPOINTS_DISCORD_TOKEN, from the developer portal: New Application, Bot, Reset Token. "
    "Invite the bot with the scopes bot and applications.commands."
)
DISCORD_MODERATORS = (
    "discord.moderator_channel_ids in config.toml: with developer mode on, right-click the "
    "moderators' channel and copy its id."
)
TELEGRAM = "FAIRPOINTS_TELEGRAM_TOKEN, from @BotFather: /newbot."
TELEGRAM_MODERATORS = (
    "telegram.moderator_chat_ids in config.toml: the id of the group whose administrators moderate."
)

Line = tuple[str, bool, str]
"""What, whether it is ready, and what to do about it."""


async def check_setup(settings: Settings) -> int:
    """Print what each front and job needs; return 0, since a missing token is no failure."""
    table = Table(box=None, show_header=False)
    for what, ready, advice in _lines(settings):
        mark = Text("ready", "green") if ready else Text("not set", "yellow")
        table.add_row(Text(what), mark, Text(advice))
    console = Console()
    console.print(table)
    async with opened(settings) as store:
        videos = await store.read(recheck.count_settled)
    console.print(Text(f"The database opens, with {videos:,} settled videos."))
    return 0


def _lines(settings: Settings) -> Sequence[Line]:
    return (
        ("Discord", bool(settings.discord_token), DISCORD),
        ("Discord moderators", bool(settings.discord.moderator_channel_ids), DISCORD_MODERATORS),
        ("Telegram", bool(settings.telegram_token), TELEGRAM),
        ("Telegram moderators", bool(settings.telegram.moderator_chat_ids), TELEGRAM_MODERATORS),
        ("Sentiment", settings.sentiment.judge != "none", f"judge: {settings.sentiment.judge}"),
        ("Job intake", bool(settings.jobs.intake), f"{settings.jobs.intake} from {settings.inbox}"),
        ("Job refresh", bool(settings.jobs.refresh), settings.jobs.refresh),
    )


async def check_ledger(settings: Settings) -> int:
    """Derive everything again; print what disagrees, and return 1 if anything does."""
    async with opened(settings) as store:
        wrong, said = await store.read(_derive)
    console = Console(soft_wrap=True)
    for line in wrong:
        console.print(Text(line, "red"))
    console.print(Text(said))
    return 1 if wrong else 0


def _derive(session: Session) -> tuple[list[str], str]:
    wrong = [*check.books(session), *recheck.awards(session)]
    accounts = session.scalar(select(func.count()).where(Account.creator_id.is_not(None)))
    transfers = session.scalar(select(func.count()).select_from(Transfer))
    settled = recheck.count_settled(session)
    issued = session.scalar(select(func.sum(Account.balance))) or 0
    verdict = f"{len(wrong)} things disagree" if wrong else "the books are true"
    return wrong, (
        f"{verdict}: {accounts:,} balances from {transfers:,} transfers, {settled:,} settled "
        f"videos from their baselines; {issued:,} points are held by creators."
    )
