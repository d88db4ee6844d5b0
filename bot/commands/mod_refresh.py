"""How moderators run the refresh by hand."""

from bot import jobs
from bot.command import Access, Call, command
from bot.commands.acting import act
from bot.commands.run_words import counted, said_problem
from bot.language import _
from bot.reply import Reply, Tone
from db import audit
from scoring.run import Summary


@command("mod refresh", "Refresh all points now", private=True, access=Access.MODERATOR, slow=True)
async def refresh(call: Call) -> Reply:
    """Run the refresh that the scheduler runs."""
    if await call.read(audit.seen, call.key, "mod refresh"):
        return await call.write(lambda _none: Reply(), lambda _session: None)  # what was kept
    summary = await jobs.run_refresh(call.settings, call.store, call.now, call.caller.actor)
    done = act(call, "mod refresh", "all points", "asked for by hand", after=summary.counts)
    said = _refreshed(summary)
    return await call.write(lambda _none: said, audit.note, done, call.now)


def _refreshed(summary: Summary) -> Reply:
    files = tuple(
        (one.source or "", said_problem(one.problem) or counted(one.counts))
        for one in summary.files
    )
    did = counted(summary.counts)
    return Reply(
        title=_("Refreshed") if summary.ok else _("Refreshed in part"),
        text=said_problem(summary.problem) or f"{did[:1].upper()}{did[1:]}.",
        facts=files,
        tone=Tone.GOOD if summary.ok else Tone.REFUSED,
    )
