"""What nobody does in the part of somebody else, as the console lets people play a creator."""

from bot.command import Call
from bot.reply import Refused


def refuse_played(call: Call) -> None:
    """Refuse what would be about who sits at the console, and not about who is played."""
    if call.caller.as_creator_id:
        raise Refused("You only play a creator here. Leave --as out to do this for yourself.")
