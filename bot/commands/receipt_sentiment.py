"""What a receipt says of a video's sentiment: who judged it and why, or why there is none."""

from bot.command import Call
from bot.commands.wording import short
from bot.fields import sentiment
from bot.language import N_, _, number, several
from db.corrections import MODERATOR
from db.files import FOUND, MISSING
from db.judgements import FAILED, FLAGGED, REFUSED, UNCERTAIN, UNJUDGEABLE
from db.models import Judgement, Sentiment, VideoFile
from db.videos import Receipt
from db.watched import Watched

Facts = tuple[tuple[str, str], ...]

REASON_LENGTH, TONE_LENGTH = 290, 60
"""What a judge says is a stranger's words, and cut as such."""

LOOKED_AT = {
    UNCERTAIN: N_("The answers of its judge differ too much, so a moderator looks at it."),
    FLAGGED: N_("Something in it speaks to its judge, so a moderator looks at it."),
}
"""Why an open video has no sentiment, while a moderator is to decide."""
DECIDED = N_("none yet. It was decided since, and the next refresh estimates by that.")
"""Of one that no moderator is asked about any more, and that is not estimated again yet."""
UNDECIDED = {
    UNCERTAIN: N_("The answers of its judge differed too much, and no moderator decided."),
    FLAGGED: N_("Something in it speaks to its judge, and no moderator decided."),
}
WITHOUT = {
    REFUSED: N_("Its judge would not answer."),
    UNJUDGEABLE: N_("There is nothing in it to judge."),
    FAILED: N_("No answer of its judge was of use."),
}
"""Why there is no sentiment, by what was made of a video."""
NEVER_CAME = N_("Its file never came.")
NO_TURN = N_("Its turn had not come.")
ITS_TURN = N_("Its file is there, and it waits for its turn.")
NOT_LOOKED_FOR = N_("Its file has not been looked for yet.")


def sentiment_facts(call: Call, receipt: Receipt, watched: Watched) -> Facts:
    """Say what a video's sentiment is and who gave it; without one, why."""
    counts = receipt.sentiment
    if counts is None or counts.sentiment is None:
        why = _why_none(call, receipt, watched)
        return ((_("Sentiment"), why),) if why else _by(counts)
    if counts.model == MODERATOR:
        return ((_("Sentiment"), _by_moderator(counts, counts.sentiment)),)
    if watched.judgement is None:
        return (*_by(counts), *_not_watched(call, receipt, watched))
    return _watched(watched.judgement, counts.sentiment)


def _by(counts: Sentiment | None) -> Facts:
    """Name a judge that does not watch, and what it went by."""
    if counts is None:
        return ()
    reason = _(counts.reason) if counts.reason else ""
    return ((_("Sentiment by"), f"{counts.model}: {reason}"),)


def _not_watched(call: Call, receipt: Receipt, watched: Watched) -> Facts:
    """Say what an open video waits for whose caption was judged until it is watched."""
    is_open = receipt.video.settled_at is None
    if not (is_open and watched.has_judge and call.settings.sentiment.is_watching):
        return ()
    return ((_("Watched"), _("not yet. {why}", why=_not_yet(watched, watches=True))),)


def _by_moderator(counts: Sentiment, value: float) -> str:
    said = _("{value}, set by a moderator", value=sentiment(value))
    return f"{said}: {counts.reason}" if counts.reason else said


def _watched(one: Judgement, value: float) -> Facts:
    by = _("{model}, rubric {rubric}", model=one.model, rubric=one.prompt_version)
    words = ((_("Tone"), short(one.tone, TONE_LENGTH), one.tone),
             (_("Why"), short(one.reason, REASON_LENGTH), one.reason))  # fmt: skip
    return (
        (_("Sentiment"), _figure(one, value)),
        *((name, said) for name, said, given in words if given.strip()),
        (_("Judged by"), by),
    )


def _figure(one: Judgement, value: float) -> str:
    if one.samples < 2 or one.spread is None:
        return _("{value}, from one answer", value=sentiment(value))
    return several(
        "{value}, the median of {count} answer",
        "{value}, the median of {count} answers with a spread of {spread}",
        one.samples,
        value=sentiment(value),
        spread=number(one.spread, 2),
    )


def _why_none(call: Call, receipt: Receipt, watched: Watched) -> str:
    """Say why there is no sentiment; "" where nobody watches, or nothing is known."""
    days = call.settings.sentiment.give_up_after_days
    if receipt.video.settled_at is not None:
        why = _never(watched)
        return _settled_without(days, _(why)) if why else ""
    if _is_decided(receipt, watched):
        return _(DECIDED)
    if why := _not_yet(watched, watches=call.settings.sentiment.is_watching):
        return _none_yet(days, why)
    return ""


def _is_decided(receipt: Receipt, watched: Watched) -> bool:
    made = watched.judgement
    waited = made is not None and made.state in LOOKED_AT and made.sentiment_id is not None
    return waited and not watched.is_in_review and bool(receipt.video.changed)


def _none_yet(days: int, why: str) -> str:
    return several(
        "none yet. {why} Without one it settles at an age of {count} day, and its z is 0.",
        "none yet. {why} Without one it settles at an age of {count} days, and its z is 0.",
        days,
        why=why,
    )


def _settled_without(days: int, why: str) -> str:
    return several(
        "none. {why} So it settled without one at an age of {count} day, and its z is 0.",
        "none. {why} So it settled without one at an age of {count} days, and its z is 0.",
        days,
        why=why,
    )


def _never(watched: Watched) -> str:
    """Return why a video settled without a sentiment; "" where nobody tried to watch it."""
    if watched.judgement is not None:
        state = watched.judgement.state
        return UNDECIDED.get(state) or WITHOUT.get(state, "")
    if watched.file is None:
        return ""
    if watched.file.state == MISSING:
        return NEVER_CAME
    return NO_TURN if watched.file.state == FOUND else watched.file.problem or ""


def _not_yet(watched: Watched, *, watches: bool) -> str:
    """Say what an open video waits for; "" where nobody watches."""
    state = watched.judgement.state if watched.judgement else ""
    if watched.is_in_review and state in LOOKED_AT:
        return _(LOOKED_AT[state])
    if state in WITHOUT:
        return _(WITHOUT[state])
    if not watches:
        return ""
    return _of_file(watched.file) if watched.file else _(NOT_LOOKED_FOR)


def _of_file(file: VideoFile) -> str:
    if file.state == FOUND or not file.problem:
        return _(ITS_TURN)
    problem = _(file.problem)
    if file.due_at is None:
        return problem
    return _("{problem} It is looked for again from {moment} on.", problem=problem,
             moment=file.due_at)  # fmt: skip
