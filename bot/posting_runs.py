"""The words of posts about the jobs: what they did, what failed, and what waits for a moderator."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.commands.mod_refresh import held
from bot.commands.run_words import counted, said_problem
from bot.commands.wording import points, short
from bot.language import N_, _, in_words, several
from bot.reply import Button, Reply, Style, Tone
from db import kept_words, posts

READ = ("videos", "readings", "rejected")
"""What is said of the exports that were read."""
WORKED = (
    *("judged", "uncertain", "flagged", "unjudgeable", "refused", "failed", "tried", "batch_sent"),
    *("estimated", "seasons"),
)
LONG = 300
FINDINGS = 5
FAILED = {
    "intake": N_("Taking exports in failed"),
    "refresh": N_("The refresh failed"),
    "judge": N_("Judging failed"),
    "upkeep": N_("The upkeep failed"),
    "check": N_("The books could not be checked"),
    "backup": N_("The backup failed"),
}
STATUS = "mod status"
PAUSED = N_(
    "The shop is paused. `fairpoints check --ledger` lists all; once it is clear what happened, "
    "/mod shop resume and the reason open the shop again."
)
KNOWN = N_(
    "A moderator knew of this and opened the shop again. `fairpoints check --ledger` lists all."
)

Told = Mapping[str, Any]


def _refreshed(told: Told, _posted_at: datetime) -> Reply:
    counts = told["counts"]
    lines = (
        _("Read: {counts}.", counts=counted(_some(told.get("read") or {}, READ))),
        _("Worked out: {counts}.", counts=counted(_some(counts, WORKED))),
        _settled(counts.get("settled", 0), counts.get("points", 0)),
        *_left(told.get("not_done")),
    )
    by = str(told.get("by") or "")
    return Reply(
        title=_("Refreshed"),
        text="\n".join(lines),
        note=_("Asked for by {who}.", who=by) if by else "",
        buttons=(Button(_("Status"), STATUS),),
        tone=Tone.GOOD,
    )


def _left(kept: Mapping[str, Any] | None) -> Sequence[str]:
    """Say what a run left to another, and why."""
    return [in_words(kept_words.read(kept))] if kept else []


def _some(counts: Mapping[str, int], names: Sequence[str]) -> Mapping[str, int]:
    return {name: counts[name] for name in names if name in counts}


def _settled(videos: int, earned: int) -> str:
    if not videos:
        return _("Settled: nothing new.")
    return _(
        "Settled: {videos}, {points}.",
        videos=several("{count} video", "{count} videos", videos),
        points=points(earned),
    )


def _failed(told: Told, _posted_at: datetime) -> Reply:
    problem = short(_problem(told), LONG)
    source = str(told.get("source") or "")
    return Reply(
        title=_(FAILED.get(told["job"], N_("A job failed"))),
        text=f"{source}: {problem}" if source else problem,
        note=_("What was done stays; the next run goes on from there."),
        buttons=(Button(_("Status"), STATUS),),
        tone=Tone.REFUSED,
    )


def _problem(told: Told) -> str:
    said = told.get("said")
    return in_words(kept_words.read(said)) if said else said_problem(told["problem"])


def _held(told: Told, _posted_at: datetime) -> Reply:
    return held(told)


def _ledger(told: Told, _posted_at: datetime) -> Reply:
    shown = [f"• {short(one, LONG)}" for one in told["problems"][:FINDINGS]]
    what = several("{count} thing disagrees:", "{count} things disagree:", told["count"])
    left = told["count"] - len(shown)
    if left > 0:
        shown.append(several("and {count} more", "and {count} more", left))
    is_paused = told["is_paused"] and not told.get("is_over")
    resume = Button(_("Resume"), "mod shop resume", Style.DANGER, asks="reason")
    return Reply(
        title=_("The books are not true"),
        text="\n".join((what, *shown)),
        note=_(PAUSED if is_paused else KNOWN),
        buttons=(Button(_("Status"), STATUS), *((resume,) if is_paused else ())),
        tone=Tone.REFUSED,
    )


def _backup(told: Told, _posted_at: datetime) -> Reply:
    return Reply(
        title=_(FAILED["backup"]),
        text=short(_problem(told), LONG),
        note=_("The copies of before are still there. /mod record backup tries again."),
        buttons=(Button(_("Try again"), "mod record backup"),),
        tone=Tone.REFUSED,
    )


RUNS: dict[str, Callable[[Told, datetime], Reply]] = {
    posts.REFRESHED: _refreshed,
    posts.FAILED: _failed,
    posts.HELD: _held,
    posts.LEDGER: _ledger,
    posts.BACKUP: _backup,
}
"""What says each kind."""
