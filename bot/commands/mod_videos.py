"""Moderators keep videos from settling, let them go, and have them scored again."""

from collections.abc import Sequence
from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot.command import SUGGESTED, Access, Argument, Call, Choice, command
from bot.commands.acting import SEEN, act, put_on_record, refuse_own, undo_button
from bot.commands.videos import video_id
from bot.commands.wording import points, short
from bot.fields import figure, named
from bot.language import _, day, several
from bot.reply import Reply, Tone
from bot.two_people import DOERS, Say, confirmed, do_or_take_back, without_count
from bot.undoing import OPPOSITES, POINTS
from db import holds, proposals, verdicts
from db.models import Audit, Video
from db.verdicts import HELD, RELEASED, SCORED, About, Verdict
from scoring.rescore import Asked, Made, Rescored, again
from scoring.rescore import rescore as score_again

HOLD, RELEASE, RESCORE = "mod video hold", "mod video release", "mod video rescore"


async def open_videos(call: Call, typed: str) -> list[Choice]:
    """Suggest the newest open videos that are not held."""
    return await _choices(call, typed, Video.settled_at.is_(None) & Video.held_at.is_(None))


async def held_videos(call: Call, typed: str) -> list[Choice]:
    """Suggest what is held: first what is held together since a run was undone."""
    runs = await call.read(holds.together, typed.removeprefix(holds.RUN), SUGGESTED)
    many = [
        Choice(
            several(
                "{count} video: {reason}",
                "{count} videos: {reason}",
                one.count,
                reason=short(one.reason, 60),
            ),
            f"{holds.RUN}{one.run_id}",
        )
        for one in runs
    ]
    return many + await _choices(call, typed, Video.held_at.is_not(None))


async def scored_videos(call: Call, typed: str) -> list[Choice]:
    """Suggest videos that have points, once something is typed."""
    return await _choices(call, typed, Video.video_points.is_not(None)) if typed.strip() else []


async def _choices(call: Call, typed: str, which: Any) -> list[Choice]:
    found = await call.read(holds.recent, typed.strip(), SUGGESTED, which)
    return [
        Choice(f"{day(one.date_posted)} @{one.handle} {short(one.caption, 50)}", one.video_id)
        for one in found
    ]


@command(HOLD, "Keep a video from settling", private=True, access=Access.MODERATOR)
async def hold(
    call: Call,
    video: Annotated[str, Argument("Its id or link", suggest=open_videos)],
    reason: Annotated[str, Argument(SEEN)],
) -> Reply:
    """Hold an open video; it is estimated as before, and does not settle."""

    def held(done: tuple[About, str]) -> Reply:
        return _held(*done, reason)

    return await call.write(held, _hold, call, video_id(video), reason)


def _hold(session: Session, call: Call, named_id: str, reason: str) -> tuple[About, str]:
    done = act(call, HOLD, named_id, reason)
    one = holds.hold(session, named_id, done.reason, call.now)
    verdicts.tell(session, [one], Verdict(HELD, done.reason, call.key), call.now)
    return one, put_on_record(session, call, done)


def _held(one: About, audit_id: str, reason: str) -> Reply:
    return Reply(
        title=_("Held: {video}", video=short(one.caption)),
        text=_("It does not settle until it is released. Its creator sees: {reason}",
               reason=reason),
        facts=((_("Creator"), f"@{one.handle}"), (_("Video"), one.video_id)),
        buttons=(undo_button(audit_id),),
        tone=Tone.GOOD,
    )  # fmt: skip


@command(RELEASE, "Let a held video settle", private=True, access=Access.MODERATOR)
async def release(
    call: Call,
    video: Annotated[str, Argument("Its id, or run:ID of an undone run", suggest=held_videos)],
    reason: Annotated[str, Argument(SEEN)],
) -> Reply:
    """Release a held video, or all that were held as a run was undone."""

    def released(done: tuple[Sequence[About], str]) -> Reply:
        return _released(*done)

    return await call.write(released, _release, call, video_id(video), reason)


def _release(session: Session, call: Call, which: str, reason: str) -> tuple[Sequence[About], str]:
    videos = holds.release(session, which)
    _refuse_own_of(session, call, videos)
    before = {"videos": [one.video_id for one in videos]}
    done = act(call, RELEASE, which, reason, before=before, after={"videos": len(videos)})
    verdicts.tell(session, videos, Verdict(RELEASED, done.reason, call.key), call.now)
    return videos, put_on_record(session, call, done)


def _refuse_own_of(session: Session, call: Call, videos: Sequence[About]) -> None:
    """Refuse to let videos of one's own go; among others' held together they go with them."""
    whose = {one.creator_id for one in videos}
    if len(whose) == 1:
        refuse_own(session, call, whose.pop())


def _released(videos: Sequence[About], audit_id: str) -> Reply:
    text = several(
        "{count} video settles as usual from now on.",
        "{count} videos settle as usual from now on.",
        len(videos),
    )
    buttons = (undo_button(audit_id),)
    return Reply(title=_("Released"), text=text, buttons=buttons, tone=Tone.GOOD)


@command(RESCORE, "Score a video again", private=True, access=Access.MODERATOR)
async def rescore(
    call: Call,
    video: Annotated[str, Argument("Its id or link", suggest=scored_videos)],
    reason: Annotated[str, Argument(SEEN)],
) -> Reply:
    """Reverse a video's award and make a new one from what counts today."""
    return await call.write(lambda say: say(), _ask_rescore, call, video_id(video), reason)


def _ask_rescore(session: Session, call: Call, named_id: str, reason: str) -> Say:
    one = holds.about(session, named_id)
    asked = proposals.Asked(RESCORE, named_id, 0, reason, creator_id=one.creator_id)
    return do_or_take_back(session, call, _rescore, asked, f"{named_id} (@{one.handle})")


def _rescore(session: Session, call: Call, asked: proposals.Asked) -> tuple[int, Say]:
    named_id, reason = asked.subject, asked.reason
    one = score_again(session, named_id, asked_by(call, reason))
    refuse_own(session, call, one.video.creator_id)
    tell_scored(session, call, one, Verdict(SCORED, reason, call.key))
    before, after = one.before.as_record(), one.after.as_record() | confirmed(asked)
    done = act(call, RESCORE, named_id, reason, before=before, after=after)
    audit_id = put_on_record(session, call, done)
    return one.moved, lambda: rescored(one, audit_id)


DOERS[RESCORE] = without_count(_rescore)


def asked_by(call: Call, reason: str) -> Asked:
    """Return who asks for what is scored again, and by which plan."""
    return Asked(reason, call.caller.actor, call.settings.plan, call.now)


def tell_scored(session: Session, call: Call, one: Rescored, said: Verdict, **more: Any) -> None:
    """Tell the creator of a video how its points have changed."""
    points_told = {"old": one.before.points, "new": one.after.points}
    verdicts.tell(session, [one.video], said, call.now, **points_told, **more)


def rescored(one: Rescored, audit_id: str) -> Reply:
    """Show old and new points, with each field that differs."""
    what = _("Award") if one.settled else _("Estimate")
    facts = [(what, f"{points(one.before.points)} → {points(one.after.points)}")]
    facts += [
        (named(each.field), f"{figure(each.field, each.old)} → {figure(each.field, each.new)}")
        for each in one.changes
    ]
    return Reply(
        title=_("Scored again: {video}", video=short(one.video.caption)),
        facts=(*facts, (_("Creator"), f"@{one.video.handle}"), (_("Video"), one.video.video_id)),
        buttons=(undo_button(audit_id),),
        tone=Tone.GOOD,
    )


def _undo_hold(session: Session, call: Call, done: Audit, reason: str) -> Any:
    """End this hold; one that began after it stays."""
    videos = holds.undo_hold(session, done.subject, done.created_at)
    _refuse_own_of(session, call, videos)
    verdicts.tell(session, videos, Verdict(RELEASED, reason, call.key), call.now)
    return {"videos": len(videos)}


def _undo_release(session: Session, call: Call, done: Audit, reason: str) -> Any:
    ids = done.before["videos"]
    videos = holds.hold_again(session, done.subject, ids, reason, call.now)
    verdicts.tell(session, videos, Verdict(HELD, reason, call.key), call.now)
    return {"videos": len(videos)}


def _undo_rescore(session: Session, call: Call, done: Audit, reason: str) -> Any:
    """Award by the earlier evidence again, which the new award names."""
    standing, wanted = Made.of_record(done.after), Made.of_record(done.before)
    one = again(session, done.subject, standing, wanted, asked_by(call, reason))
    refuse_own(session, call, one.video.creator_id)
    tell_scored(session, call, one, Verdict(SCORED, reason, call.key))
    return one.after.as_record()


def moved_by(done: Audit) -> int:
    """Return by how many points an act of scoring again has changed a video."""
    return abs(int(done.after["points"]) - int(done.before["points"]))


POINTS[RESCORE] = moved_by
OPPOSITES |= {HOLD: _undo_hold, RELEASE: _undo_release, RESCORE: _undo_rescore}
