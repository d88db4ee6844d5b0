"""How moderators run and watch the programme."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import jobs
from bot.command import Access, Call, command
from bot.commands.moderation import act
from bot.language import day, minute
from bot.line import call_text
from bot.reply import Button, Column, Reply, Table, Tone
from db import audit, people, runs, seasons, shop
from db.models import Baseline, Creator, Run, Video
from scoring.estimate import parsed
from scoring.run import Summary

RUNS_SHOWN = 5
WAITING_SHOWN = 10
ORDER = (
    *("rows", "videos", "readings", "duplicates", "rejected"),
    *("seasons", "judged", "estimated", "settled", "points"),
)
"""Counts as a run makes them."""


@command("mod refresh", "Refresh all points now", private=True, access=Access.MODERATOR, slow=True)
async def refresh(call: Call) -> Reply:
    """Run the refresh that the scheduler runs."""
    if await call.read(audit.seen, call.key, "mod refresh"):
        return Reply(title="Refreshed", text="This was asked for once, and done once.")
    summary = await jobs.run_refresh(call.settings, call.store, call.now, call.caller.actor)
    done = act(call, "mod refresh", "all points", "asked for by hand", after=summary.counts)
    said = _refreshed(summary)
    return await call.write(lambda _none: said, audit.note, done, call.now)


def _refreshed(summary: Summary) -> Reply:
    files = tuple((one.source or "", one.problem or _counted(one.counts)) for one in summary.files)
    return Reply(
        title="Refreshed" if summary.ok else "Refreshed in part",
        text=summary.problem or _counted(summary.counts).capitalize() + ".",
        facts=files,
        tone=Tone.GOOD if summary.ok else Tone.REFUSED,
    )


@dataclass(frozen=True, slots=True)
class _Programme:
    creators: int
    videos: int
    open_videos: int
    linked: int
    claimed: int
    claims: Sequence[people.Claim]
    waiting: Sequence[tuple[str, str, str, str]]
    runs: Sequence[Run]
    rules: str


def _programme(session: Session, call: Call) -> _Programme:
    linked, claimed = people.counted(session)
    counted = session.execute(
        select(func.count(), func.count().filter(Video.settled_at.is_(None))).select_from(Video)
    ).one()
    return _Programme(
        creators=session.scalar(select(func.count()).select_from(Creator)) or 0,
        videos=counted[0],
        open_videos=counted[1],
        linked=linked,
        claimed=claimed,
        claims=people.claims(session, WAITING_SHOWN),
        waiting=[
            (one.redemption_id, name, handle or one.creator_id, day(one.creation_date))
            for one, name, handle in shop.waiting(session, WAITING_SHOWN)
        ],
        runs=runs.latest(session, RUNS_SHOWN),
        rules=_rules(session, call),
    )


def _rules(session: Session, call: Call) -> str:
    season = seasons.current(session, call.now)
    if season is None:
        return "no season yet; the first refresh begins one"
    baseline = session.get_one(Baseline, season.baseline_id)
    said = f"baseline {baseline.baseline_id} ({baseline.origin}) until {day(season.ends_at)}"
    if parsed(baseline.parameters).rules != call.settings.plan.rules:
        said += "; config.toml has other rules, which begin then"
    return said


@command("mod status", "How the programme stands", private=True, access=Access.MODERATOR)
async def status(call: Call) -> Reply:
    """Show counts, what waits for a moderator, and the last runs."""
    now = await call.read(_programme, call)
    return Reply(
        title=f"{call.settings.programme}: status",
        facts=(
            ("Creators", f"{now.creators:,}, {now.linked:,} linked, {now.claimed:,} ask to be"),
            ("Videos", f"{now.videos:,}, {now.open_videos:,} still open"),
            ("Rules", now.rules),
            *((f"Asks to be @{one.handle}", f"{one.name} ({one.identity})") for one in now.claims),
            *((f"To give: {one[0]}", f"{one[1]} to @{one[2]}, {one[3]}") for one in now.waiting),
        ),
        table=_runs(now.runs) if now.runs else None,
        note=_next(now),
        buttons=(Button("Refresh now", call_text("mod refresh")),),
    )


def _next(now: _Programme) -> str:
    said = []
    if now.claims:
        said.append("/mod verify, the handle and how you know links a person.")
    if now.waiting:
        said.append("/mod fulfil, the id and how it was given closes a redemption.")
    return " ".join(said)


def _runs(latest: Sequence[Run]) -> Table:
    columns = (Column("Run"), Column("Started"), Column("Outcome"), Column("Did"))
    return Table(
        columns, tuple((one.job, minute(one.started_at), one.outcome, _did(one)) for one in latest)
    )


def _did(run: Run) -> str:
    return run.problem or _counted(run.counts)


def _counted(counts: Mapping[str, int]) -> str:
    """Say what a run did, in the order in which it does it."""
    order = sorted(counts, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    said = [_count(name, counts[name]) for name in order if counts[name]]
    return ", ".join(said) or "nothing new"


def _count(name: str, number: int) -> str:
    return f"{number:,} {name.removesuffix('s') if number == 1 else name}"
