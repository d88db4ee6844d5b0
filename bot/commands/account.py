"""Which creator a person is."""

import re
from typing import Annotated

from bot.command import Argument, Call, Choice, command
from bot.commands.playing import refuse_played
from bot.language import _, minute, several
from bot.reply import Reply, Tone
from db import codes, creators, linking
from db.codes import Allowance, Issued
from db.people import Claimed

EVERY_MINUTES = re.compile(r"\*(?:/([1-9][0-9]?))? \* \* \* \*")


async def known_handles(call: Call, typed: str) -> list[Choice]:
    """Suggest the handles of creators, once something is typed: any 25 of all would help nobody."""
    if not typed.strip("@ "):
        return []
    found = await call.read(creators.starting_with, typed, 25)
    return [Choice(f"@{one}", one) for one in found]


@command("link", "Prove which TikTok account is yours", private=True)
async def link(
    call: Call, handle: Annotated[str, Argument("Your TikTok handle", suggest=known_handles)]
) -> Reply:
    """Note a claim, and give the code that proves it; a moderator may confirm it as well."""
    refuse_played(call)
    who, rules = call.caller, call.settings.linking
    allowed = Allowance(rules.code_hours * codes.HOUR, rules.codes_a_day)
    looked = _looked_for(call.settings.jobs.intake)

    def given(asked: tuple[Claimed, Issued]) -> Reply:
        return _given(*asked, looked)

    return await call.write(
        given, linking.ask, who.platform, who.user_id, who.name, handle, allowed, call.now
    )


def _given(claimed: Claimed, issued: Issued, looked: str) -> Reply:
    text = _(
        "Your code is {code}. Put it into the bio of @{handle} on TikTok, or into the caption of "
        "a new video there, and take it out again once you are linked. {looked}",
        code=issued.code,
        handle=claimed.handle,
        looked=looked,
    )
    taken = _(
        "Somebody is linked to @{handle} already, so a moderator decides between you. "
        "Until then nothing changes for anybody.",
        handle=claimed.handle,
    )
    return Reply(
        title=_("Show that @{handle} is you", handle=claimed.handle),
        text=f"{text}\n\n{taken}" if claimed.is_taken else text,
        facts=((_("Code"), issued.code), (_("Good until"), minute(issued.expires_at))),
        note=_by_moderator(claimed),
        tone=Tone.GOOD,
        secret=issued.code,
    )


def _by_moderator(claimed: Claimed) -> str:
    if claimed.is_taken:
        return _("A moderator sees it with /mod disputes.")
    return _(
        "Or a moderator confirms it without a code: /mod verify {handle} and how they know",
        handle=claimed.handle,
    )


def _looked_for(intake: str) -> str:
    """Say when exports are read, in which codes are looked for."""
    if not intake:
        return _("It is looked for when the programme's next exports are read.")
    found = EVERY_MINUTES.fullmatch(intake)
    if found is None:
        return _("It is looked for in each new export of the programme.")
    return several(
        "It is looked for every minute, in new exports of the programme.",
        "It is looked for every {count} minutes, in new exports of the programme.",
        int(found[1] or 1),
    )
