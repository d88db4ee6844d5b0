"""How moderators run and watch the programme."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import jobs
from bot.command import Access, Call, command
from bot.commands.acting import act
from bot.language import N_, _, day, minute, number, several
from bot.line import call_text
from bot.presence import State
from bot.reply import Button, Column, Reply, Table, Tone
from db import audit, disputes, people, redemptions, runs, seasons, standing
from db.disputes import Open
from db.models import Baseline, Creator, Run, Video
from scoring.estimate import parsed
from scoring.run import Summary

RUNS_SHOWN = 5
WAITING_SHOWN = 10
COUNTS: dict[str, Callable[[int], str]] = {
    "rows": lambda n: several("{count} row", "{count} rows", n),
    "videos": lambda n: several("{count} video", "{count} videos", n),
    "readings": lambda n: several("{count} reading", "{count} readings", n),
    "duplicates": lambda n: several("{count} duplicate", "{count} duplicates", n),
    "rejected": lambda n: several("{count} rejected", "{count} rejected", n),
    "seasons": lambda n: several("{count} season", "{count} seasons", n),
    "judged": lambda n: several("{count} judged", "{count} judged", n),
    "estimated": lambda n: several("{count} estimated", "{count} estimated", n),
    "settled": lambda n: several("{count} settled", "{count} settled", n),
    "points": lambda n: several("{count} point", "{count} points", n),
}
"""How each count of a run is said, in the order in which a run makes them."""
ORDER = tuple(COUNTS)
KNOWN = (
    *(N_("running"), N_("done"), N_("failed")),
    *(N_("stopped before its end"), N_("interrupted")),
    *(N_("fitted"), N_("packaged"), N_("connecting"), N_("the connection has ended")),
)
"""Words that are kept, or come from fronts, as the translators get them."""
PLATFORMS = {"discord": "Discord", "telegram": "Telegram"}


@command("mod refresh", "Refresh all points now", private=True, access=Access.MODERATOR, slow=True)
async def refresh(call: Call) -> Reply:
    """Run the refresh that the scheduler runs."""
    if await call.read(audit.seen, call.key, "mod refresh"):
        return await call.write(lambda _none: Reply(), lambda _session: None)  # what was kept
    summary = await jobs.run_refresh(call.settings, call.store, call.now, call.caller.actor)
    done = act(call, "mod refresh", "all points", "asked for by hand", after=summary.counts)
    said = _refreshed(summary)
    return await call.write(lambda _none: said, audit.note, done, call.now)


def _refreshed(summary: Summary) -> Reply:
    files = tuple(
        (one.source or "", _problem(one.problem) or _counted(one.counts)) for one in summary.files
    )
    counted = _counted(summary.counts)
    return Reply(
        title=_("Refreshed") if summary.ok else _("Refreshed in part"),
        text=_problem(summary.problem) or f"{counted[:1].upper()}{counted[1:]}.",
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
    return f"{_(run.outcome)}: {_problem(run.problem) or _counted(run.counts)}"


def _problem(problem: str | None) -> str:
    """Say what went wrong: what is often seen is translated."""
    return _(problem) if problem else ""


def _counted(counts: Mapping[str, int]) -> str:
    """Say what a run did, in the order in which it does it."""
    order = sorted(counts, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    said = [_count(name, counts[name]) for name in order if counts[name]]
    return ", ".join(said) or _("nothing new")


def _count(name: str, amount: int) -> str:
    return COUNTS[name](amount) if name in COUNTS else f"{number(amount)} {name}"
