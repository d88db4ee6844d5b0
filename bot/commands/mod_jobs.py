"""How moderators watch the programme."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import jobs
from bot.command import Access, Call, command
from bot.commands import status_judging
from bot.commands.mod_refresh import anyway_button
from bot.commands.run_words import counted, run_problem, said_not_done
from bot.commands.status_judging import Watching
from bot.judging import judge_of
from bot.language import N_, _, day, minute, number, several
from bot.line import call_text
from bot.presence import State
from bot.reply import Button, Column, Reply, Style, Table
from db import pauses, people, programme, runs, seasons, spreading, standing, what_waits
from db.models import Baseline, Pause, Run
from db.programme import Programme
from db.what_waits import Waiting
from scoring.estimate import parsed
from scoring.judge import JOB as JUDGE

CLAIMS_SHOWN = 5
LATELY = timedelta(days=7)
PLATFORMS = {"discord": "Discord", "telegram": "Telegram"}

Facts = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Found:
    programme: Programme
    waiting: Waiting
    claims: Sequence[people.Claim]
    notices: int
    pause: Pause | None
    runs: Mapping[str, Run]
    rules: str
    bytes_kept: int
    given_up: int
    """Posts of late that reached no channel."""
    watching: Watching | None

    @property
    def held(self) -> Run | None:
        """The refresh that waits for a moderator, if the newest does."""
        newest = self.runs.get("refresh")
        return newest if newest and newest.outcome == runs.HELD else None


def _find(session: Session, call: Call) -> _Found:
    return _Found(
        programme=programme.counted(session),
        waiting=what_waits.counted(session, call.now, judge_of(call.settings)),
        claims=people.claims(session, CLAIMS_SHOWN),
        notices=standing.notices_waiting(session, call.now),
        pause=pauses.open_(session, pauses.SHOP),
        runs=programme.newest_runs(session),
        rules=_rules(session, call),
        bytes_kept=programme.bytes_kept(session),
        given_up=spreading.undelivered(session, call.now - LATELY, call.now).dropped,
        watching=status_judging.find(session, call),
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
    """Show first what needs a moderator, then the programme, and each job's last and next run."""
    found = await call.read(_find, call)
    fronts = call.presence.fronts.items()
    return Reply(
        title=_("{programme}: status", programme=call.settings.programme),
        facts=(
            *((PLATFORMS.get(name, name), _front(state)) for name, state in fronts),
            *_stands_still(found),
            *_waits(found),
            *_programme(found, call),
        ),
        table=_jobs(found.runs, jobs.next_times(call.settings, call.now)),
        note=_("/mod verify, the handle and how you know links a person.") if found.claims else "",
        buttons=tuple(_buttons(found)),
    )


def _front(state: State) -> str:
    if state.connected:
        return _("connected since {moment}", moment=state.since)
    reason = _(state.reason)
    if state.next_try_at is None:
        return _("not connected: {reason}", reason=reason)
    return _("not connected: {reason}; next try {moment}", reason=reason, moment=state.next_try_at)


def _stands_still(found: _Found) -> Facts:
    """Say what goes on only once a moderator lets it."""
    if pause := found.pause:
        since = _("paused since {moment}: {reason}", moment=pause.began_at, reason=pause.reason)
        yield _("Shop"), since
    if found.held:
        yield _("Refresh"), _("held since {moment}; no points change", moment=found.held.started_at)
    held, frozen = found.programme.held_videos, found.programme.frozen
    said = (
        several("{count} video", "{count} videos", held) if held else "",
        several("{count} frozen creator", "{count} frozen creators", frozen) if frozen else "",
    )
    if any(said):
        yield _("Held"), ", ".join(filter(None, said))
    if found.given_up:
        yield (
            _("Channels"),
            several(
                "{count} post did not arrive; may the bot write there?",
                "{count} posts did not arrive; may the bot write there?",
                found.given_up,
            ),
        )


def _waits(found: _Found) -> Facts:
    """Say what waits for a moderator; what does not is left out."""
    one = found.waiting
    said = [
        *_counted(one.to_approve, N_("{count} to approve")),
        *_counted(one.to_give, N_("{count} to give")),
        *_counted(one.overdue, N_("{count} overdue")),
        *_counted(one.proposals, N_("{count} to confirm")),
    ]
    if one.appeals:
        said.append(several("{count} appeal", "{count} appeals", one.appeals))
    if one.disputes:
        said.append(several("{count} dispute", "{count} disputes", one.disputes))
    if one.reviews:
        said.append(several("{count} sentiment", "{count} sentiments", one.reviews))
    if one.trials:
        said.append(_("a judge on trial"))
    if said:
        yield _("Waiting"), ", ".join(said)
    for claim in found.claims:
        yield _("Claimed: @{handle}", handle=claim.handle), f"{claim.name} ({claim.identity})"


def _counted(count: int, words: str) -> list[str]:
    return [_(words, count=count)] if count else []


def _programme(found: _Found, call: Call) -> Facts:
    one = found.programme
    creators = [number(one.creators), _("{count} linked", count=one.linked)]
    waiting = found.waiting.claims
    claims = [several("{count} claim", "{count} claims", waiting)] if waiting else []
    yield (
        _("Creators"),
        ", ".join((*creators, *claims)),
    )
    yield _("Videos"), _("{count}, {open} still open", count=one.videos, open=one.open_videos)
    yield _("Rules"), found.rules
    yield from status_judging.told(call, found.watching)
    sent = (
        several("{count} notice", "{count} notices", found.notices) if found.notices else "",
        several("{count} post", "{count} posts", one.posts) if one.posts else "",
    )
    if any(sent):
        yield _("To be sent"), ", ".join(filter(None, sent))
    yield _("Database"), _("{size} MB", size=number(found.bytes_kept / 1e6, 1))


def _jobs(newest: Mapping[str, Run], coming: Mapping[str, datetime]) -> Table:
    """Show each job with its last run and when it comes next."""
    others = [name for name in newest if name not in jobs.JOBS]
    rows = [
        (_(name), _did(newest.get(name)), minute(coming[name]) if name in coming else _("by hand"))
        for name in (*jobs.JOBS, *others)
        if name != JUDGE or name in newest or name in coming  # it judges with the refresh
    ]
    return Table((Column(_("Job")), Column(_("Last run")), Column(_("Next"))), tuple(rows))


def _did(run: Run | None) -> str:
    if run is None:
        return _("not yet")
    done = f"{_(run.outcome)}: {run_problem(run) or counted(run.counts)}"
    left = "" if run.problem else said_not_done(run)
    return f"{minute(run.started_at)}, {done}{f'. {left}' if left else ''}"


def _buttons(found: _Found) -> Iterator[Button]:
    if found.waiting.to_approve or found.waiting.to_give:
        yield Button(_("Queue"), call_text("mod queue"), Style.PRIMARY)
    if found.waiting.appeals:
        yield Button(_("Appeals"), call_text("mod appeal list"))
    if found.waiting.disputes:
        yield Button(_("Disputes"), call_text("mod disputes"))
    if found.waiting.reviews:
        yield Button(_("Sentiments"), call_text("mod sentiment list"))
    if found.held:
        yield Button(_("Preview"), call_text("mod scoring preview"))
        yield anyway_button()
    else:
        yield Button(_("Refresh now"), call_text("mod refresh"))
