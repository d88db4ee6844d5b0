"""What a receipt says of holds, corrections and awards that were taken back."""

from bot.command import Call
from bot.commands.wording import points, settles
from bot.fields import figure, named
from bot.language import _, day
from db.models import Video
from db.receipts import Corrected, Past, TakenBack


def stands(call: Call, video: Video, past: Past) -> str:
    """Say whether a video's points are final, and since when; or why they are not."""
    if video.settled_at:
        settled = day(video.settled_at)
        if not past.taken_back or past.taken_back[-1].at < video.settled_at:
            return _("Settled on {day}: these points are yours for good.", day=settled)
        again = day(past.taken_back[-1].at)
        return _("Settled on {day}, and scored again on {again}.", day=settled, again=again)
    if video.held_reason is not None:
        return _("Held by a moderator, so it does not settle: {reason}", reason=video.held_reason)
    due = settles(call, video.date_posted)
    if due > call.now:
        return _("An estimate until it settles on {day}.", day=day(due))
    return _("An estimate until it settles once its last figures are in.")


def told(past: Past) -> tuple[tuple[str, str], ...]:
    """Say what was corrected and taken back, each with its reason."""
    corrected = ((named(one.field), _corrected(one)) for one in past.corrected)
    taken_back = ((_("Taken back"), _taken(one)) for one in past.taken_back)
    return (*corrected, *taken_back)


def _corrected(one: Corrected) -> str:
    old, new = figure(one.field, one.read), figure(one.field, one.now)
    said = _("corrected by a moderator: {old} → {new}", old=old, new=new)
    return f"{said}, {one.reason}" if one.reason else said


def _taken(one: TakenBack) -> str:
    return _(
        "{points} on {day}: {reason}", points=points(one.points), day=day(one.at), reason=one.reason
    )
