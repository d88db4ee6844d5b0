"""The step that judges: by captions, or by watching the videos' files.

Whoever watches does so in a run of its own, also within a refresh, so that no two watch at once.
What goes wrong in it is said, and fails no refresh.
"""

from collections.abc import Sequence

from db import judging
from db.judging import Judged
from db.refused import Refused
from scoring.eyes import Eyes, Work
from scoring.run import Running, Summary, running
from scoring.sentiment import Judge, judge_named

__all__ = ["CAPTION", "GEMINI", "JOB", "Eyes", "Work", "judge", "judge_within"]

JOB = "judge"
CAPTION, GEMINI = "caption", "gemini"
JUDGED_AT_ONCE = 500
"""Captions in one transaction: few enough that a chat command waiting behind it is not felt."""


async def judge(work: Work, actor: str) -> Summary:
    """Judge what waits; return what was done, with the problem if there was one.

    Raises `Refused` while somebody else judges.
    """
    summary = Summary(JOB, work.now)
    async with running(work.store, summary, actor) as run:
        await _judge(work, run)
    return summary


async def judge_within(work: Work, around: Running, actor: str) -> None:
    """Judge what waits as a part of another run, which goes on whatever becomes of it."""
    counts = around.summary.counts
    counts["judged"] = 0
    if work.plan.judge != GEMINI:
        counts["judged"] = await _by_captions(work, around, work.plan.judge)
        return
    did = Summary(JOB, work.now)
    try:
        async with running(work.store, did, actor, around=around) as run:
            await _judge(work, run)
    except Refused as busy:
        around.summary.not_done = busy
        return
    counts.update(did.counts)
    around.summary.not_done = did.not_done or _failed(did)


def _failed(did: Summary) -> Refused | None:
    if did.problem is None:
        return None
    return Refused("Judging failed: {problem}", problem=did.problem)


async def _judge(work: Work, run: Running) -> None:
    if work.plan.judge != GEMINI:
        run.summary.counts["judged"] = await _by_captions(work, run, work.plan.judge)
        return
    from scoring.by_watching import by_watching  # noqa: PLC0415  # most programs never watch

    if await by_watching(work, run):
        run.summary.counts["judged"] += await _by_captions(work, run, CAPTION)


async def _by_captions(work: Work, run: Running, name: str) -> int:
    judge = judge_named(name)
    if judge is None:
        return 0
    named = (judge.model, judge.prompt_version)
    total = await work.store.read(judging.count_unjudged, *named)
    done, last = 0, ""
    work.progress("judge", 0, total)
    while batch := await work.store.read(judging.unjudged, *named, last, JUDGED_AT_ONCE):
        judged = await _judged(judge, batch)
        done += await work.store.write(judging.keep, *named, judged, work.now)
        last = batch[-1].video_id
        work.progress("judge", done, total)
        await run.alive()
    return done


async def _judged(judge: Judge, batch: Sequence[judging.Unjudged]) -> list[Judged]:
    judgements = await judge.judge([one.caption for one in batch])
    return [
        Judged(one.video_id, said.sentiment, said.reason, said.samples, said.spread)
        for one, said in zip(batch, judgements, strict=True)
    ]
