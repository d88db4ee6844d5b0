"""The command line: fairpoints run | console | mod ... | job NAME | check | restore FILE."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import app as wiring
from bot import jobs
from bot.config import BadConfig, Settings, load
from bot.eyes import refuse_blind
from bot.fronts import NotConnected
from bot.logs import set_up_logs, wants_json
from bot.stopping import until_told
from db.refused import Refused

cli = typer.Typer(
    name="fairpoints",
    help="Points for TikTok creators that anybody can compute again.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
job = typer.Typer(help="Run a job by hand.", no_args_is_help=True)
cli.add_typer(job, name="job")

SLACK = timedelta(minutes=1)
"""By which clocks differ."""

AS_OF = "As of this time (ISO, UTC), for old exports in a data folder of their own."
Now = Annotated[str, typer.Option("--now", metavar="TIME", help=AS_OF)]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


@cli.command()
def run() -> None:
    """Start the fronts that have a token, and the jobs; without a token, the console."""
    settings = _settings()
    with _in_words():
        jobs.check_times(settings)
        refuse_blind(settings)
    if wiring.fronts_with_token(settings):
        set_up_logs(settings, as_json=wants_json(settings))
        _go(wiring.serve(settings, _end_in_time))
        return
    typer.echo(
        "Neither FAIRPOINTS_DISCORD_TOKEN nor FAIRPOINTS_TELEGRAM_TOKEN is set, so this is "
        "the console; `fairpoints check` tells how to get a token. `fairpoints console --as "
        "@HANDLE` plays a creator, `fairpoints console --moderator` a moderator."
    )
    raise typer.Exit(_go(_console(settings, (), None, moderator=False)))


@cli.command()
def console(
    line: Annotated[
        list[str] | None, typer.Option("-c", help="Answer this line and leave; may be repeated.")
    ] = None,
    as_handle: Annotated[
        str | None, typer.Option("--as", metavar="@HANDLE", help="Play this creator.")
    ] = None,
    moderator: Annotated[bool, typer.Option("--moderator", help="Play a moderator.")] = False,
    now: Now = "",
) -> None:
    """Chat in the terminal, with every command that Discord and Telegram have."""
    settings, moment = _settings(), _moment(now) if now else None
    work = _console(settings, line or (), as_handle, moderator=moderator, moment=moment)
    raise typer.Exit(_go(work))


@cli.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    no_args_is_help=False,
)
def mod(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="A command and what it is given; without any, all are listed."),
    ] = None,
) -> None:
    """Moderate from a terminal, such as: fairpoints mod grant cem 5 "for the best video"."""
    from bot import by_hand  # noqa: PLC0415  # rich, and the jobs behind it

    settings = _settings()
    raise typer.Exit(_go(by_hand.mod(settings, words or [])))


@job.command("intake")
def intake(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Exports; without any, the inbox.")
    ] = None,
    now: Now = "",
    as_json: AsJson = False,
) -> None:
    """Take exports in."""
    from bot import by_hand  # noqa: PLC0415  # rich, and the jobs behind it

    settings, moment = _by_hand(), _moment_gone_by(now)
    raise typer.Exit(_go(by_hand.intake(settings, files or [], moment, as_json=as_json)))


@job.command("refresh")
def refresh(
    now: Now = "",
    as_json: AsJson = False,
    anyway: Annotated[
        str, typer.Option("--anyway", metavar="REASON", help="Let it go even if it is held.")
    ] = "",
) -> None:
    """Read the inbox, judge, estimate and settle."""
    from bot import by_hand  # noqa: PLC0415  # rich, and the jobs behind it

    settings, moment = _by_hand(), _moment_gone_by(now)
    work = by_hand.refresh(settings, moment, anyway=anyway.strip(), as_json=as_json)
    raise typer.Exit(_go(work))


@job.command("judge")
def judge(
    now: Now = "",
    as_json: AsJson = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what it would cost; nothing is asked.")
    ] = False,
    by_batch: Annotated[
        bool, typer.Option("--batch", help="Hand what waits over as a batch, at its lower price.")
    ] = False,
) -> None:
    """Judge what waits, as the refresh does, and change no points."""
    from bot import by_hand  # noqa: PLC0415  # rich, and the jobs behind it

    settings, moment = _by_hand(), _moment_gone_by(now)
    work = by_hand.judge(settings, moment, as_json=as_json, dry_run=dry_run, by_batch=by_batch)
    raise typer.Exit(_go(work))


@job.command("upkeep")
def upkeep(now: Now = "", as_json: AsJson = False) -> None:
    """Warn of what is late, give points back that were promised for long, and remind."""
    _keep("upkeep", now, as_json=as_json)


@job.command("check")
def check_books(as_json: AsJson = False) -> None:
    """Derive the books again; where they are not true, the shop is paused."""
    _keep("check", "", as_json=as_json)


@job.command("backup")
def backup(as_json: AsJson = False) -> None:
    """Copy the database, and verify the copy."""
    _keep("backup", "", as_json=as_json)


def _keep(name: str, now: str, *, as_json: bool) -> None:
    from bot import by_hand  # noqa: PLC0415  # rich, and the jobs behind it

    settings, moment = _by_hand(), _moment_gone_by(now)
    raise typer.Exit(_go(by_hand.keep(settings, name, moment, as_json=as_json)))


@job.command("sample")
def sample(now: Now = "", as_json: AsJson = False) -> None:
    """Fill an empty programme with invented videos and a starting shop."""
    from bot import by_hand  # noqa: PLC0415  # rich, and the jobs behind it

    settings, moment = _by_hand(), _moment(now)
    raise typer.Exit(_go(by_hand.sample(settings, moment, as_json=as_json)))


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup, such as one in data/backups.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Put a backup in the place of the database; the program must not run meanwhile."""
    from bot import restore as work  # noqa: PLC0415  # not needed to run

    settings = _by_hand()
    raise typer.Exit(_go(work.restore(settings, file, _always if yes else _asked)))


@cli.command()
def check(
    ledger: Annotated[
        bool, typer.Option("--ledger", help="Derive every balance and every award again.")
    ] = False,
) -> None:
    """Tell what is missing for each front and job, or whether the books are true."""
    from bot import checks  # noqa: PLC0415  # not needed to run

    settings = _by_hand()
    raise typer.Exit(_go(checks.check_ledger(settings) if ledger else checks.check_setup(settings)))


def _asked(said: str) -> bool:
    typer.echo(said)
    return typer.confirm("Put it in place?")


def _always(said: str) -> bool:
    typer.echo(said)
    return True


def _end_in_time() -> None:
    """End a program that was told to stop, even where a thread hangs, and write down which."""
    import faulthandler  # noqa: PLC0415  # only at the end

    faulthandler.dump_traceback_later(wiring.END_SECONDS, exit=True)


def _settings() -> Settings:
    from dotenv import load_dotenv  # noqa: PLC0415  # only a started program reads .env

    load_dotenv(Path(".env"))
    with _in_words():
        return load()


def _by_hand() -> Settings:
    """Return the settings of a command whose answer stands on the screen, with its warnings."""
    settings = _settings()
    set_up_logs(settings, level=logging.WARNING)
    return settings


def _moment(text: str) -> datetime:
    if not text:
        return wiring.now()
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _leave(f"--now is an ISO time such as 2026-11-03T12:00:00, not “{text}”") from None


def _moment_gone_by(text: str) -> datetime:
    """Return the time of a job: what settles at one yet to come would have settled for ever."""
    moment, clock = _moment(text), wiring.now()
    if moment > clock + SLACK:
        raise _leave(f"--now can't be later than the clock, {clock:%Y-%m-%dT%H:%M} UTC.")
    return moment


def _go(work: Coroutine[Any, Any, Any]) -> Any:
    with _in_words():
        return asyncio.run(until_told(work))


@contextmanager
def _in_words() -> Iterator[None]:
    """End the program with one line for what a person can mend, and with a traceback for bugs."""
    try:
        yield
    except (BadConfig, wiring.NoDatabase, NotConnected, Refused) as problem:
        raise _leave(str(problem)) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(130) from None


def _leave(problem: str) -> typer.Exit:
    typer.echo(problem, err=True)
    return typer.Exit(1)


async def _console(
    settings: Settings,
    lines: Sequence[str],
    as_handle: str | None,
    *,
    moderator: bool,
    moment: datetime | None = None,
) -> int:
    from bot.fronts import on_console  # noqa: PLC0415  # prompt_toolkit and rich

    set_up_logs(settings, settings.data_dir / "console.log")
    clock = wiring.now if moment is None else lambda: moment
    part = on_console.Part(as_handle, moderator, clock)
    async with wiring.opened(settings) as store:
        if lines:
            return await on_console.once(settings, store, lines, part)
        return await on_console.chat(settings, store, part)


def main() -> None:
    """Enter from the command line."""
    cli()


if __name__ == "__main__":
    main()
