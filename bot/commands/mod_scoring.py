"""How moderators look at the next refresh before it runs."""

import asyncio
from pathlib import Path

from bot import jobs
from bot.command import Access, Call, command
from bot.commands.mod_refresh import anyway_button
from bot.commands.scoring_words import fairness_facts, movers, picture, total, who_moves
from bot.commands.wording import points
from bot.language import _, in_words, several
from bot.line import call_text
from bot.reply import Button, Reply, Style, Tone
from db import judging
from scoring.breaker import why_held
from scoring.foresee import Foreseen
from scoring.intake.folder import waiting
from scoring.plan import Plan
from scoring.preview import Preview, preview
from scoring.sentiment import judge_named
from scoring.turn import FITTED, Coming

Facts = tuple[tuple[str, str], ...]


@command(
    "mod scoring preview",
    "What the next refresh would change",
    private=True,
    access=Access.MODERATOR,
    slow=True,
)
async def preview_refresh(call: Call) -> Reply:
    """Show old against new for creators, without writing anything."""
    plan = await jobs.plan_of(call.settings, call.store, call.now)
    ahead = await preview(call.store, plan, call.now)
    why = why_held(ahead.foreseen, plan.limits)
    return Reply(
        title=_("The next refresh would be held") if why else _("The next refresh"),
        text=in_words(why) if why else _did(ahead),
        facts=(*_facts(ahead), *fairness_facts(ahead.fair_before, ahead.fair_after)),
        table=movers(ahead.changes),
        picture=await picture(ahead.changes),
        note=await _unseen(call, plan),
        buttons=_buttons(held=why is not None),
        tone=Tone.ASK if why else Tone.PLAIN,
    )


def _did(ahead: Preview) -> str:
    if not (ahead.foreseen.estimated or ahead.foreseen.settling):
        return _("It would change nothing.")
    return _("Nothing of this has been written.")


def _facts(ahead: Preview) -> Facts:
    one = ahead.foreseen
    return (
        (_("Points of all"), total(ahead.changes)),
        (_("Estimated"), _("{videos}, {new} new", videos=_videos(one.estimated), new=one.new)),
        (_("Known before"), _moved(one)),
        (
            _("Settled"),
            _(
                "{videos}, {points}",
                videos=_videos(one.settling),
                points=points(one.settling_points),
            ),
        ),
        (_("Creators"), who_moves(ahead.changes)),
        *([(_("Season"), _season(ahead.coming))] if ahead.coming else []),
    )


def _videos(count: int) -> str:
    return several("{count} video", "{count} videos", count)


def _moved(one: Foreseen) -> str:
    """Say by how much the breaker sees estimates move."""
    if not one.moved_points:
        return _("their points stay")
    return _(
        "they move by {points} up or down, {percent}% of what they are",
        points=points(one.moved_points),
        percent=one.percent,
    )


def _season(coming: Coming) -> str:
    if coming.origin == FITTED:
        return _("a new one begins, fitted on {videos}", videos=_videos(coming.baseline.videos))
    return _("a new one begins, with the packaged baseline")


async def _unseen(call: Call, plan: Plan) -> str:
    """Say what can't be foreseen: what nobody has read or judged yet."""
    files = await asyncio.to_thread(_waiting, call.settings.inbox)
    judge = judge_named(plan.judge)
    unjudged = 0
    if judge is not None:
        unjudged = await call.read(judging.count_unjudged, judge.model, judge.prompt_version)
    said = []
    if files:
        said.append(several("{count} file waits unread", "{count} files wait unread", files))
    if unjudged:
        told = several("{count} video waits", "{count} videos wait", unjudged)
        said.append(_("{videos} to be judged", videos=told))
    if not said:
        return _("Nothing waits to be read or judged first.")
    return _("It can't foresee what is read and judged first: {what}.", what=", ".join(said))


def _waiting(inbox: Path) -> int:
    return len(waiting(inbox, settled_seconds=0)) if inbox.is_dir() else 0


def _buttons(*, held: bool) -> tuple[Button, ...]:
    refresh = Button(_("Refresh now"), call_text("mod refresh"), Style.PRIMARY)
    return (refresh, anyway_button()) if held else (refresh,)
