"""Which creator a person is."""

from typing import Annotated

from bot.command import Argument, Call, Choice, command
from bot.reply import Reply, Tone
from db import creators, people


async def known_handles(call: Call, typed: str) -> list[Choice]:
    """Suggest the handles of creators, once something is typed: any 25 of all would help nobody."""
    if not typed.strip("@ "):
        return []
    found = await call.read(creators.starting_with, typed, 25)
    return [Choice(f"@{one}", one) for one in found]


@command("link", "Say which TikTok account is yours", private=True)
async def link(
    call: Call, handle: Annotated[str, Argument("Your TikTok handle", suggest=known_handles)]
) -> Reply:
    """Note a claim, which a moderator confirms."""
    who = call.caller
    return await call.write(
        _asked, people.claim, who.platform, who.user_id, who.name, handle, call.now
    )


def _asked(name: str) -> Reply:
    return Reply(
        title="Asked",
        text=(
            f"A moderator will confirm that @{name} is you, then /points and /redeem work here. "
            "Until then nothing changes for anybody."
        ),
        note=f"For the moderator: /mod verify {name} and how they know",
        tone=Tone.GOOD,
    )
