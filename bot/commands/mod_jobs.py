"""How moderators run and watch the programme."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import jobs
from bot.command import Access, Call, command
from bot.commands.moderation import act
from bot.commands.wording import day, minute
from bot.line import call_text
from bot.reply import Button, Column, Reply, Table, Tone
from db import audit, people, runs, seasons, shop
from db.models import Baseline, Creator, Run, Video
from scoring.estimate import parsed

RUNS_SHOWN = 5
WAITING_SHOWN = 10


@command("mod refresh", "Refresh all points now", private=True, access=Access.MODERATOR, slow=True)
async def refresh(call: Call) -> Reply:
    """Run the refresh that the scheduler runs."""
    summary = await jobs.run_refresh(call.settings, call.store, call.now, call.caller.actor)
    done = act(call, "mod refresh", "all points", "asked for by hand", after=summary.counts)
    await call.write(audit.note, done, call.now)
    facts = tuple((name.capitalize(), f"{count:,}") for name, count in summary.counts.items())
    files = tuple((one.source or "", one.problem or "taken in") for one in summary.files)
    return Reply(
        title="Refreshed" if summary.ok else "Refreshed in part",
        text=summary.problem or "",
        facts=facts + files,
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
            ("Creators", f"{now.creators:,}, {now.linked:,} linked"),
            ("Videos", f"{now.videos:,}, {now.open_videos:,} still open"),
            ("Rules", now.rules),
            *((f"Asks to be @{one.handle}", f"{one.name} ({one.identity})") for one in now.claims),
            *((f"To give: {one[0]}", f"{one[1]} to @{one[2]}, {one[3]}") for one in now.waiting),
        ),
        table=_runs(now.runs) if now.runs else None,
        buttons=(Button("Refresh now", call_text("mod refresh")),),
    )


def _runs(latest: Sequence[Run]) -> Table:
    columns = (Column("Run"), Column("Started"), Column("Outcome"), Column("Did"))
    return Table(
        columns, tuple((one.job, minute(one.started_at), one.outcome, _did(one)) for one in latest)
    )


def _did(run: Run) -> str:
    if run.problem:
        return run.problem
    said = [f"{count:,} {name}" for name, count in run.counts.items() if count]
    return ", ".join(said) or "nothing new"
