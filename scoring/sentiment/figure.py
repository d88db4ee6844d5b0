"""What several answers about one video come to: a figure with its spread, or why there is none."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from db.judgements import FAILED, FLAGGED, JUDGED, REFUSED, UNCERTAIN, UNJUDGEABLE, Made
from db.unwatched import NO_ANSWER, Given
from scoring.sentiment.asking import Said

TRIMMED_FROM = 6
"""Of so many answers, one in six is left out at either end before the spread is taken."""
ENDINGS = (
    (REFUSED, (Said.SAFETY, Said.RECITATION)),
    (UNJUDGEABLE, (Said.UNJUDGEABLE,)),
    (FAILED, (Said.REJECTED,)),
)
"""Answers of which a majority ends it, as the next ones would be the same."""


def decide(
    given: Sequence[Given], samples: int, most_spread: float, *, is_flagged: bool
) -> int | Made:
    """Return what was made of the answers, or how many more are needed.

    A first round has `samples` answers. Where they differ by more than `most_spread`, or some were
    of no use, a second round has as many at the most. `is_flagged`: the caption speaks to its
    judge, or an answer says that the content does: a moderator decides after the first round. What
    the service could not answer is no answer, and asked again.
    """
    answers = [one for one in given if one.state not in NO_ANSWER]
    figures = [one for one in answers if one.sentiment is not None]
    flagged = is_flagged or any(one.addresses_judge for one in answers)
    majority = samples // 2 + 1
    if ended := _ended(answers, len(figures), majority):
        return _without_figure(FLAGGED if flagged else ended, answers)
    left = 2 * samples - len(answers)
    missing = samples - len(answers)
    if missing <= 0 and not flagged:
        missing = min(samples - len(figures), left)
    if missing > 0:
        return missing
    is_enough = len(figures) >= majority
    is_wide = is_enough and _spread(figures) > most_spread
    if is_wide and left > 0 and not flagged:
        return left
    agreed = UNCERTAIN if is_wide else JUDGED if is_enough else FAILED
    state = FLAGGED if flagged else agreed
    if state == FAILED or not figures:
        return _without_figure(state, answers)
    return _with_figure(state, figures)


def _ended(answers: Sequence[Given], figures: int, majority: int) -> str | None:
    """Return what ends it, where a majority says so, and more of them than give a figure."""
    said = Counter(one.state for one in answers)
    for state, kinds in ENDINGS:
        count = sum(said[kind] for kind in kinds)
        if count >= majority and count > figures:
            return state
    return None


def _with_figure(state: str, figures: Sequence[Given]) -> Made:
    middle = median(_sentiments(figures))
    nearest = min(figures, key=lambda one: (abs((one.sentiment or 0) - middle), one.number))
    sure = [one.confidence for one in figures if one.confidence is not None]
    return Made(
        state=state,
        sentiment=middle,
        spread=_spread(figures) if len(figures) > 1 else None,
        samples=len(figures),
        confidence=median(sure) if sure else None,
        tone=nearest.tone,
        reason=nearest.reason,
        language=nearest.language,
    )


def _without_figure(state: str, answers: Sequence[Given]) -> Made:
    """Say why there is none: in the words of an answer that says so, or else by their states."""
    said = Counter(str(one.state) for one in answers)
    counted = ", ".join(f"{kind}: {count}" for kind, count in sorted(said.items()))
    telling = next((one for one in answers if one.reason), None)
    if telling is None:
        return Made(state, samples=len(answers), reason=counted)
    words = (telling.tone, telling.reason, telling.language)
    return Made(state, None, None, len(answers), None, *words)


def _spread(figures: Sequence[Given]) -> float:
    """Return the highest less the lowest, without the outermost where there are many."""
    ordered = sorted(_sentiments(figures))
    out = len(ordered) // TRIMMED_FROM
    kept = ordered[out : len(ordered) - out]
    return round(kept[-1] - kept[0], 6)


def _sentiments(figures: Sequence[Given]) -> list[float]:
    return [one.sentiment for one in figures if one.sentiment is not None]
