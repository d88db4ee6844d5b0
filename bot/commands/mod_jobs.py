"""How moderators watch the programme."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.command import Access, Call, command
from bot.commands.run_words import counted, said_problem
from bot.language import _, day, minute, several
from bot.line import call_text
from bot.presence import State
from bot.reply import Button, Column, Reply, Table
from db import disputes, people, redemptions, runs, seasons, standing
from db.disputes import Open
from db.models import Baseline, Creator, Run, Video
from scoring.estimate import parsed

RUNS_SHOWN = 5
WAITING_SHOWN = 10
PLATFORMS = {"discord": "Discord", "telegram": "Telegram"}


@dataclass(frozen=True, slots=True)
class _Programme:
    creators: int
    videos: int
    open_videos: int
    linked: int
    claimed: int
    claims: Sequence[people.Claim]
    waiting: Sequence[tuple[str, str, str, str]]
    disputes: Sequence[Open]
    notices: int
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
            for one, name, handle in redemptions.waiting(session, WAITING_SHOWN)
        ],
        disputes=disputes.open_(session, WAITING_SHOWN),
        notices=standing.notices_waiting(session, call.now),
        runs=runs.latest(session, RUNS_SHOWN),
        rules=_rules(session, call),
    )


def _rules(session: Session, call: Call) -> str:
    season = seasons.current(session, call.now)
    if season is None:
        return _("no season yet; the first refresh begins one")
    baseline = session.get_one(Baseline, season.baseline_id)
    said = _(
        "baseline {baseline} ({origin}) until {day}",
        baseline=baseline.baseline_id,
        origin=_(baseline.origin),
        day=day(season.ends_at),
    )
    if parsed(baseline.parameters).rules != call.settings.plan.rules:
        return _("{rules}; config.toml has other rules, which begin then", rules=said)
    return said


@command("mod status", "How the programme stands", private=True, access=Access.MODERATOR)
async def status(call: Call) -> Reply:
    """Show the fronts, counts, what waits for a moderator, and the last runs."""
    now = await call.read(_programme, call)
    fronts = call.presence.fronts.items()
    return Reply(
        title=_("{programme}: status", programme=call.settings.programme),
        facts=(
            *((PLATFORMS.get(name, name), _front(state)) for name, state in fronts),
            *_counts(now),
            *_waiting(now),
        ),
        table=_runs(now.runs) if now.runs else None,
        note=_next(now),
        buttons=(Button(_("Refresh now"), call_text("mod refresh")),),
    )


def _front(state: State) -> str:
    if state.connected:
        return _("connected since {moment}", moment=state.since)
    reason = _(state.reason)
    if state.next_try_at is None:
        return _("not connected: {reason}", reason=reason)
    return _("not connected: {reason}; next try {moment}", reason=reason, moment=state.next_try_at)


def _counts(now: _Programme) -> list[tuple[str, str]]:
    creators = _(
        "{count}, {linked} linked, {claimed} to confirm",
        count=now.creators,
        linked=now.linked,
        claimed=now.claimed,
    )
    return [
        (_("Creators"), creators),
        (_("Videos"), _("{count}, {open} still open", count=now.videos, open=now.open_videos)),
        (_("Rules"), now.rules),
        (_("Notices"), several("{count} waits to be sent", "{count} wait to be sent", now.notices)),
    ]


def _waiting(now: _Programme) -> list[tuple[str, str]]:
    """Say what waits for a moderator, one a line."""
    asks = [
        (_("To confirm: @{handle}", handle=one.handle), f"{one.name} ({one.identity})")
        for one in now.claims
    ]
    disputed = [
        (_("Disputed: @{handle}", handle=one.handle), _disputed(one)) for one in now.disputes
    ]
    gives = [
        (
            _("To give: {redemption_id}", redemption_id=redemption_id),
            _("{reward} to @{handle}, {day}", reward=reward, handle=handle, day=since),
        )
        for redemption_id, reward, handle, since in now.waiting
    ]
    return [*asks, *disputed, *gives]


def _disputed(one: Open) -> str:
    values = {"claimant": one.claimant, "identity": one.identity, "holder": one.holder}
    if one.proven_at is not None:
        return _("{claimant} ({identity}) has proven it against {holder}", **values)
    return _("{claimant} ({identity}) claims it, {holder} is linked", **values)


def _next(now: _Programme) -> str:
    said = []
    if now.claims:
        said.append(_("/mod verify, the handle and how you know links a person."))
    if now.disputes:
        said.append(_("/mod disputes lists what is disputed."))
    if now.waiting:
        said.append(_("/mod fulfil, the id and how it was given closes a redemption."))
    return " ".join(said)


def _runs(latest: Sequence[Run]) -> Table:
    rows = ((f"{one.job}, {minute(one.started_at)}", _did(one)) for one in latest)
    return Table((Column(_("Run")), Column(_("What it did"))), tuple(rows))


def _did(run: Run) -> str:
    return f"{_(run.outcome)}: {said_problem(run.problem) or counted(run.counts)}"
