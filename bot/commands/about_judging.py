"""How a video's sentiment comes about, in plain words, where videos are watched."""

from sqlalchemy.orm import Session

from bot.command import Call
from bot.judging import judge_of
from bot.language import ENGLISH, N_, _, number, several, spoken
from db import judges
from db.judges import Named
from scoring.sentiment import rubric

TRIAL = N_("It is on trial: what it says counts for nobody's points yet.")
UNASKED = N_("So neither a caption nor words in a video can ask for a mark.")


async def judging(call: Call) -> str:
    """Say what judges, by which rubric, and what becomes of doubt; "" where nobody watches."""
    named = judge_of(call.settings)
    if named is None:
        return ""
    said = [_rubric(call.settings.judging.rubric), _(UNASKED), _answers(call, named)]
    if await call.read(_is_on_trial, named):
        said.append(_(TRIAL))
    return " ".join(said)


def _is_on_trial(session: Session, named: Named) -> bool:
    known = judges.by_id(session, judges.id_of(named))
    return known is not None and known.adopted_at is None


def _rubric(version: str) -> str:
    """Return what the rubric says to people, in the language that is spoken."""
    plain = rubric.load(version).plain
    return plain.get(spoken().code, plain[ENGLISH])


def _answers(call: Call, named: Named) -> str:
    said = call.settings.sentiment
    answers = several(
        "{model} (rubric {rubric}) gives {count} answer for each video, and that counts.",
        "{model} (rubric {rubric}) gives {count} answers for each video; their median counts, and "
        "over a spread of {spread} it is asked as often again.",
        said.samples,
        model=named.model,
        rubric=named.prompt_version,
        spread=number(said.most_spread, 2),
    )
    without = several(
        "A video that has no sentiment at an age of {count} day settles without one.",
        "A video that has no sentiment at an age of {count} days settles without one.",
        said.give_up_after_days,
    )
    return f"{answers} {without}"
