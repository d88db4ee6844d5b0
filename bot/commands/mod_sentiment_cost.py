"""Moderators see what watching would cost before anything is asked."""

from bot.command import Access, Call, command
from bot.commands.wording import count
from bot.language import N_, _, money, several
from bot.reply import Reply
from scoring.cost import Basis, Cost, Sum, reckon

Facts = tuple[tuple[str, str], ...]

AT_THE_MOST = {
    Basis.FILES: N_("the sizes of the files: so much at the most, as a rule far less"),
    Basis.TYPICAL: N_("a video of 30 seconds, as no file is known yet: so much at the most"),
}
AGAIN = N_(
    "Nothing was asked and nothing was written. Where the answers about a video differ too much, "
    "it is asked about as often again."
)


@command("mod sentiment cost", "What watching would cost", private=True, access=Access.MODERATOR)
async def cost(call: Call) -> Reply:
    """Show what a full pass over all that waits would cost now, and what a thousand videos cost."""
    found = await call.read(reckon, call.settings.judging)
    return Reply(
        title=_("What watching would cost"),
        text=who(found),
        facts=told(found),
        note=note(call.settings.sentiment.judge),
    )


def who(found: Cost) -> str:
    """Say which judge it is about."""
    return several(
        "{model} by rubric {rubric}, {count} answer for each video.",
        "{model} by rubric {rubric}, {count} answers for each video.",
        found.samples,
        model=found.model,
        rubric=found.prompt_version,
    )


def told(found: Cost) -> Facts:
    """Say what waits, what it costs, how long the budget takes for it, and how that is known."""
    whole = ((_("All that waits"), _dollars(found.whole)), (_("By the budget"), _days(found)))
    return (
        (_("Waiting"), _waiting(found)),
        *(whole if found.videos else ()),
        (_("A thousand videos"), _dollars(found.thousand)),
        (_("Reckoned from"), _reckoned(found)),
        *_without_file(found.without_file),
    )


def _waiting(found: Cost) -> str:
    videos = several("{count} video", "{count} videos", found.videos)
    if not found.videos:
        return videos
    questions = several("{count} question", "{count} questions", found.whole.questions)
    tokens = _("{tokens} tokens", tokens=count(found.whole.tokens))
    return ", ".join((videos, questions, tokens))


def _dollars(amount: Sum) -> str:
    normal, batch = money(amount.micros), money(amount.batch_micros)
    return _("{normal}; as a batch {batch}", normal=normal, batch=batch)


def _days(found: Cost) -> str:
    if found.days is None or found.batch_days is None:
        return _("never: the budget of a day is 0")
    normal, batch = (
        several("{count} day", "{count} days", days) for days in (found.days, found.batch_days)
    )
    return _("{normal}; as a batch {batch}", normal=normal, batch=batch)


def _reckoned(found: Cost) -> str:
    if found.basis in AT_THE_MOST:
        return _(AT_THE_MOST[found.basis])
    return several(
        "what {count} earlier question to this model cost",
        "what {count} earlier questions to this model cost",
        found.earlier,
    )


def _without_file(videos: int) -> Facts:
    if not videos:
        return ()
    said = several(
        "{count} open video, which is not counted",
        "{count} open videos, which are not counted",
        videos,
    )
    return ((_("Without a file"), said),)


def note(judge: str) -> str:
    """Say that nothing was done; and that nobody watches, where that is so."""
    if judge == "gemini":
        return _(AGAIN)
    idle = _("Nothing is watched so far: sentiment.judge in config.toml is {judge}.", judge=judge)
    return f"{_(AGAIN)} {idle}"
