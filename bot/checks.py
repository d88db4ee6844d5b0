"""fairpoints check: what is missing for each front and job, and whether the books are true."""

from collections.abc import Sequence

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import backups, books, checks_judging, jobs
from bot.app import opened
from bot.checks_judging import Line
from bot.config import Settings
from bot.language import LANGUAGES, several
from bot.sections import Telegram
from db import check
from db.models import Account, Transfer, Video
from scoring import recheck

DISCORD = (
    "set FAIRPOINTS_DISCORD_TOKEN, from the developer portal: New Application, Bot, Reset Token. "
    "Invite the bot with the scopes bot and applications.commands."
)
DISCORD_MODERATORS = (
    "set discord.moderator_channel_ids in config.toml: with developer mode on, right-click the "
    "moderators' channel and copy its id."
)
TELEGRAM = "set FAIRPOINTS_TELEGRAM_TOKEN, from @BotFather: /newbot."
TELEGRAM_MODERATORS = (
    "set telegram.moderator_chat_ids in config.toml: the id of the group whose administrators "
    "moderate, such as -1001234567890; Telegram on the web shows it in the address."
)
NOT_WATCHED = "watching.port in config.toml gives /health and /metrics a port on this machine."
NEVER = "by hand only{how}; jobs.{name} in config.toml gives it a time."
HOW = {
    "intake": ": fairpoints job intake",
    "refresh": ": fairpoints job refresh",
    "upkeep": ": fairpoints job upkeep",
    "check": ": fairpoints check --ledger",
    "backup": ": fairpoints mod record backup",
}
"""How a job without a time is started."""


async def check_setup(settings: Settings) -> int:
    """Print what each front and job needs; return 0, since a missing token is no failure.

    Raises `BadConfig` for a time that is none, `NoDatabase` where that can't be opened.
    """
    jobs.check_times(settings)
    async with opened(settings) as store:
        videos, settled = await store.read(_counted)
    table = Table(box=None, show_header=False)
    for what, ready, said in _lines(settings):
        mark = Text("ready", "green") if ready else Text("not set", "yellow")
        table.add_row(Text(what), mark, Text(said))
    console = Console()
    console.print(table)
    console.print(Text(f"The database opens: {videos:,} videos, {settled:,} of them settled."))
    return 0


def _counted(session: Session) -> tuple[int, int]:
    videos = session.scalar(select(func.count()).select_from(Video)) or 0
    return videos, recheck.count_settled(session)


def _lines(settings: Settings) -> Sequence[Line]:
    return (
        _front("Discord", settings.discord_token, DISCORD),
        _moderators("Discord", settings.discord.moderator_channel_ids, DISCORD_MODERATORS),
        _front("Telegram", settings.telegram_token, TELEGRAM),
        _moderators("Telegram", settings.telegram.moderator_chat_ids, TELEGRAM_MODERATORS),
        _hearing(settings.telegram),
        _language(settings.language),
        *checks_judging.lines(settings),
        _job("intake", settings.jobs.intake, f" from {settings.inbox}"),
        _job("refresh", settings.jobs.refresh, ""),
        checks_judging.judge_job(settings),
        _job("upkeep", settings.jobs.upkeep, ""),
        _job("check", settings.jobs.check, ""),
        _job("backup", settings.jobs.backup, f" into {backups.folder(settings)}"),
        _watching(settings.watching.port),
    )


def _front(name: str, token: SecretStr | None, advice: str) -> Line:
    return (name, True, "has a token") if token else (name, False, advice)


def _moderators(name: str, places: Sequence[int], advice: str) -> Line:
    said = f"moderate in {', '.join(map(str, places))}" if places else advice
    return f"{name} moderators", bool(places), said


def _hearing(telegram: Telegram) -> Line:
    if not telegram.webhook_url:
        return "Telegram updates", True, "by polling, which needs nothing from outside"
    at = f"{telegram.webhook_host}:{telegram.webhook_port}"
    return "Telegram updates", True, f"by webhook: {telegram.webhook_url} must lead to {at}"


def _language(code: str) -> Line:
    return "Language", True, f"{LANGUAGES[code]}, for people whose own language is not spoken here"


def _watching(port: int) -> Line:
    said = f"http://127.0.0.1:{port}/health and /metrics" if port else NOT_WATCHED
    return "Watching", bool(port), said


def _job(name: str, cron: str, source: str) -> Line:
    never = NEVER.format(name=name, how=HOW.get(name, ""))
    said = f"at {cron} (UTC){source}" if cron else never
    return f"Job {name}", bool(cron), said


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
    wrong = books.wrong(session)
    accounts = session.scalar(select(func.count()).where(Account.creator_id.is_not(None)))
    transfers = session.scalar(select(func.count()).select_from(Transfer))
    settled = recheck.count_settled(session)
    issued = session.scalar(select(func.sum(Account.balance))) or 0
    findings = several("{count} finding", "{count} findings", len(wrong))
    false = f"The books are not true, {findings} above"
    verdict = false if wrong else "The books are true"
    return wrong, (
        f"{verdict}: {accounts:,} balances from {transfers:,} transfers, {settled:,} settled "
        f"videos from their baselines; {issued:,} points are held by creators.\n"
        f"The head of all chains is {check.head(session)}"
    )
