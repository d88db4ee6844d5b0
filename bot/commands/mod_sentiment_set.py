"""Moderators say what a video's sentiment is where no judge could, and take that back."""

from dataclasses import dataclass
from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot.command import Access, Argument, Call, Choice, command
from bot.commands.acting import SEEN, act, put_on_record, refuse_own, undo_button
from bot.commands.mod_appeals import sentiment_typed
from bot.commands.mod_sentiment import LIST, MEDIAN, SET, open_reviews
from bot.commands.videos import video_id
from bot.commands.wording import short
from bot.fields import sentiment
from bot.language import N_, _
from bot.reply import Button, Refused, Reply, Tone
from bot.undoing import OPPOSITES
from db import reviewed, reviews, verdicts
from db.corrections import Source
from db.ids import readable
from db.models import Audit
from db.reviewed import Standing
from db.verdicts import JUDGED, UNJUDGED, Verdict

BETWEEN = N_("value is a sentiment between 0 and 1, such as 0.75, or median, not “{typed}”.")


async def values(_call: Call, _typed: str) -> list[Choice]:
    """Suggest the median of what was answered."""
    return [Choice(_("the median of the answers"), MEDIAN)]


@dataclass(frozen=True, slots=True)
class _Set:
    """What was decided, and its line in the record."""

    one: Standing
    value: float
    reason: str
    audit_id: str


@command(SET, "Decide a video's sentiment", private=True, access=Access.MODERATOR)
async def set_sentiment(
    call: Call,
    video: Annotated[str, Argument("Its id or link", suggest=open_reviews)],
    value: Annotated[str, Argument("0 to 1, or median", suggest=values, maximum=20, one_word=True)],
    reason: Annotated[str, Argument(SEEN)],
) -> Reply:
    """Let a moderator's word count for a video of which no judge could tell the sentiment."""
    return await call.write(_said, _set, call, video_id(video), value, reason)


def _said(done: _Set) -> Reply:
    about = done.one.about
    return Reply(
        title=_("Decided: {video}", video=short(about.caption)),
        text=_(
            "Its sentiment is {value} from now on, whatever a judge says; the next refresh "
            "estimates it again. @{handle} is told: {reason}",
            value=sentiment(done.value),
            handle=about.handle,
            reason=done.reason,
        ),
        facts=((_("Video"), about.video_id),),
        buttons=(undo_button(done.audit_id), Button(_("List"), LIST)),
        tone=Tone.GOOD,
    )


def _set(session: Session, call: Call, named_id: str, typed: str, reason: str) -> _Set:
    """Decide alone: by a sentiment a video moves three deviations of one field at the most."""
    done = act(call, SET, named_id, reason)
    one = reviewed.standing(session, named_id)
    _refuse_known(one)
    refuse_own(session, call, one.about.creator_id)
    value = _value(typed, one)
    source = Source(f"set:{readable(call.key, 12)}", call.caller.actor, done.reason)
    reviews.decide(session, named_id, value, source, call.now)
    _tell(session, call, one, Verdict(JUDGED, done.reason, call.key), value)
    before = {"field": "sentiment", "value": one.value}
    after = {"field": "sentiment", "value": value, "source": source.name}
    noted = act(call, SET, named_id, reason, before=before, after=after)
    return _Set(one, value, done.reason, put_on_record(session, call, noted))


def _refuse_known(one: Standing) -> None:
    """Refuse to speak over what counts already."""
    video = one.about.video_id
    if one.settled_at is not None:
        raise Refused(
            "Video {video} has settled, so its sentiment stays: an appeal of its creator corrects "
            "it, and /mod video rescore scores it again by what counts today.",
            video=video,
        )
    if one.by_hand is not None:
        raise Refused(
            "A moderator has decided about video {video} already; /mod undo takes that back.",
            video=video,
        )
    if one.value is not None:
        raise Refused(
            "Video {video} was judged, and its sentiment counts: {value}. Its creator can object "
            "to it with /appeal.",
            video=video,
            value=sentiment(one.value),
        )


def _value(typed: str, one: Standing) -> float:
    if typed.strip().lower() != MEDIAN:
        found = sentiment_typed(typed)
        if found is None:
            raise Refused(BETWEEN, typed=typed)
        return found
    if one.median is None:
        raise Refused(
            "There is no median of video {video}: nobody has given it a figure. Type one, such as "
            "0.75.",
            video=one.about.video_id,
        )
    return one.median


def _tell(session: Session, call: Call, one: Standing, said: Verdict, value: float | None) -> None:
    verdicts.tell(session, [one.about], said, call.now, field="sentiment", value=value)


def _undo(session: Session, call: Call, done: Audit, reason: str) -> dict[str, Any]:
    """Let what the judges said count again, and open the review that this closed."""
    one, source = reviewed.standing(session, done.subject), done.after["source"]
    refuse_own(session, call, one.about.creator_id)
    if one.settled_at is not None:
        raise Refused(
            "Video {video} has settled by this sentiment since: an appeal of its creator corrects "
            "it.",
            video=done.subject,
        )
    if one.by_hand != source:
        raise Refused(
            "The sentiment of video {video} was decided anew since; nothing was changed.",
            video=done.subject,
        )
    undone = Source(f"{source}:undone", call.caller.actor, reason)
    opened = reviews.take_back(session, done.subject, undone, call.now)
    _tell(session, call, one, Verdict(UNJUDGED, reason, call.key), None)
    return {"field": "sentiment", "value": None, "reviews": opened}


OPPOSITES[SET] = _undo
