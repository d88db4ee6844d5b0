"""Who judges the videos, and how another judge begins to, once it was seen what that moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot.command import Access, Argument, Call, command
from bot.commands.acting import WHY, put_on_record, undo_button
from bot.commands.acting import act as act_of
from bot.commands.mod_sentiment import LIST
from bot.commands.scoring_words import from_to, mean_sentiment, would_move
from bot.commands.wording import short
from bot.judging import judge_of
from bot.language import N_, _, day, number, several
from bot.line import call_text
from bot.reply import Button, Column, Refused, Reply, Style, Table, Tone
from bot.two_people import DOERS, Say, confirmed, do_or_propose
from bot.undoing import OPPOSITES, POINTS
from db import adopting, judges
from db.adopting import Adopted
from db.judges import Named
from db.models import Audit, Judge
from db.proposals import Asked
from scoring.adoption import Compared, Move, compare

ADOPT = "mod sentiment adopt"
SHOWN = 8
OTHERS = {
    "caption": N_("The words of the captions; nobody watches the videos."),
    "none": N_("Nobody judges."),
}
"""Who judges where no judge watches, by sentiment.judge in config.toml."""

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Found:
    stands: Judge | None
    """Who judges by watching: the configured one where it was adopted, else the last that was."""
    trial: Compared | None


@command(ADOPT, "Adopt the judge on trial", private=True, access=Access.MODERATOR, slow=True)
async def adopt(call: Call, reason: Annotated[str, Argument(WHY)] = "") -> Reply:
    """Show how estimates would move by the judge on trial; with a reason, let it judge."""
    if not reason.strip():
        return _shown(call, await call.read(_find, call))
    return await call.write(lambda say: say(), _ask, call, reason)


def _find(session: Session, call: Call) -> _Found:
    named = judge_of(call.settings)
    counts = judges.counting(session, named) if named else None
    stands = judges.by_id(session, judges.id_of(counts)) if counts else None
    return _Found(stands, _trial(session, call))


def _trial(session: Session, call: Call) -> Compared | None:
    """Return what is known of the judge on trial; where none is configured, of the last tried."""
    named = judge_of(call.settings) or adopting.last_tried(session)
    judge = judges.by_id(session, judges.id_of(named)) if named else None
    if named is None or judge is None or judge.adopted_at is not None:
        return None
    return compare(session, call.settings.plan, call.now, named)


def _shown(call: Call, found: _Found) -> Reply:
    if found.trial is None:
        return Reply(
            title=_("Who judges"),
            text=_("No other judge is on trial."),
            facts=((_("Judges now"), _judges_now(call, found)),),
            note=_(
                "A judge is on trial once config.toml names another model or rubric: "
                "sentiment.model, sentiment.rubric."
            ),
        )
    return _on_trial(call, found, found.trial)


def _judges_now(call: Call, found: _Found) -> str:
    if (one := found.stands) is not None:
        name, since = _called(adopting.named_of(one)), day(one.adopted_at or one.first_at)
        return _("{judge}, since {day}", judge=name, day=since)
    return _(OTHERS.get(call.settings.sentiment.judge, OTHERS["caption"]))


def _called(named: Named) -> str:
    return _("{model} by rubric {rubric}", model=named.model, rubric=named.prompt_version)


def _on_trial(call: Call, found: _Found, trial: Compared) -> Reply:
    wanted = call.settings.sentiment.trial_videos
    known = trial.judged + trial.to_review
    adopt_it = Button(_("Adopt it"), call_text(ADOPT), Style.DANGER, asks="reason")
    return Reply(
        title=_("On trial: {judge}", judge=_called(trial.named)),
        text=_("Nothing of what it says counts so far; settled videos never change."),
        facts=((_("Judges now"), _judges_now(call, found)), *_facts(trial, wanted)),
        table=_table(trial.moves),
        buttons=(adopt_it,) if known else (),
        tone=Tone.ASK,
    )


def _facts(trial: Compared, wanted: int) -> Facts:
    tried = trial.judged + trial.to_review + trial.others
    said = (
        several("{count} judged", "{count} judged", trial.judged),
        several("{count} for a moderator", "{count} for a moderator", trial.to_review),
        several("{count} can't be judged", "{count} can't be judged", trial.others),
    )
    return (
        (
            _("Open videos"),
            _("{tried} of {wanted}: {counts}", tried=tried, wanted=wanted, counts=", ".join(said)),
        ),
        (_("Mean sentiment"), mean_sentiment(trial.before, trial.after)),
        (_("Estimates"), would_move(trial.up, trial.down, trial.most)),
    )


def _table(moves: Sequence[Move]) -> Table | None:
    moved = [one for one in moves if one.gain or one.sentiment_before != one.sentiment_after]
    columns = (
        Column(_("Video"), names=True),
        Column(_("Sentiment"), figure=True),
        Column(_("Points"), figure=True),
    )
    rows = tuple(
        (
            _("{caption}, @{handle}", caption=short(one.caption, 24), handle=one.handle),
            mean_sentiment(one.sentiment_before, one.sentiment_after),
            from_to(number(one.before), number(one.after)),
        )
        for one in moved[:SHOWN]
    )
    return Table(columns, rows) if rows else None


def _ask(session: Session, call: Call, reason: str) -> Say:
    """Adopt the judge, or keep that for a second moderator where it moves many points."""
    trial = _known_trial(session, call)
    asked = Asked(ADOPT, trial.judge_id, trial.moved, reason, trial.named._asdict())
    return do_or_propose(session, call, asked, _plainly(trial.named))


def _plainly(named: Named) -> str:
    return f"{named.model} {named.prompt_version}"


def _known_trial(session: Session, call: Call) -> Compared:
    trial = _trial(session, call)
    if trial is None:
        raise Refused("No judge is on trial; /mod sentiment adopt alone says who judges.")
    if not trial.judged + trial.to_review:
        raise Refused("The judge on trial has judged no open video yet; the next refresh does.")
    return trial


def _adopt(session: Session, call: Call, asked: Asked) -> Say:
    """Adopt the judge that was asked for; among the videos of others go one's own."""
    named = Named(asked.given["model"], asked.given["prompt_version"])
    trial = compare(session, call.settings.plan, call.now, named)
    done = adopting.adopt(session, asked.subject, call.caller.actor, call.now)
    adopting.say(session, asked.subject, adopting.ADOPTED, call.caller.name, call.now)
    after = trial.as_told() | {"moved": trial.moved} | confirmed(asked)
    noted = act_of(call, ADOPT, asked.subject, asked.reason, after=after)
    audit_id = put_on_record(session, call, noted)
    return lambda: _adopted(trial, done, audit_id)


DOERS[ADOPT] = _adopt


def _adopted(trial: Compared, done: Adopted, audit_id: str) -> Reply:
    facts = [
        (_("Judged"), several("{count} video", "{count} videos", done.judged)),
        (_("Mean sentiment"), mean_sentiment(trial.before, trial.after)),
        (_("Estimates"), would_move(trial.up, trial.down, trial.most)),
    ]
    if done.opened:
        facts.append((_("For a moderator"), number(done.opened)))
    if done.closed:
        facts.append((_("Closed unread"), number(done.closed)))
    look = Button(_("Sentiments"), LIST)
    return Reply(
        title=_("{judge} judges from now on", judge=_called(trial.named)),
        text=_("The next refresh estimates by what it said; settled videos keep their points."),
        facts=tuple(facts),
        table=_table(trial.moves),
        buttons=(undo_button(audit_id), *((look,) if done.opened else ())),
        tone=Tone.GOOD,
    )


def _undo(session: Session, call: Call, done: Audit, _reason: str) -> dict[str, Any]:
    """Put the judge back on trial: who judged before does again, for all that has not settled."""
    opened = adopting.undo(session, done.subject, done.created_at, call.now)
    adopting.say(session, done.subject, adopting.UNDONE, call.caller.name, call.now)
    return {"reviews": opened}


POINTS[ADOPT] = lambda done: int(done.after["moved"])
OPPOSITES[ADOPT] = _undo
