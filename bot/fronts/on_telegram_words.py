"""What Telegram's front says by itself, outside of any command."""

from telegram import InlineKeyboardMarkup

from bot.fronts.on_telegram_asking import invitation
from bot.fronts.on_telegram_text import command_name
from bot.language import _, in_words
from bot.reply import Refused, Reply, Tone


def refusal(refused: Refused) -> Reply:
    """Say why something was refused."""
    return Reply(text=in_words(refused), tone=Tone.REFUSED)


def anonymous() -> Reply:
    """Say that nobody is known who writes as a group or a channel."""
    text = _("I can't tell who writes anonymously or as a channel. Please write as yourself.")
    return Reply(text=text, tone=Tone.REFUSED)


def command_first() -> Reply:
    """Say how commands look."""
    return Reply(text=_("Commands begin with a slash, such as /points. /help lists them all."))


def in_picture() -> str:
    """Say, in the place of words, that a picture says it."""
    return _("The picture shows it.")


def elsewhere() -> str:
    """Say where the answer comes."""
    return _("I answer in our private chat.")


def invited(username: str, name: str) -> tuple[str, InlineKeyboardMarkup]:
    """Offer the link to the chat in which a command may be answered."""
    text = _(
        "I answer /{command} in private. Open our chat and press Start.",
        command=command_name(name),
    )
    return text, invitation(username, name)


def at_fault(reference: str) -> Reply:
    """Say that an answer could not be shown."""
    text = _(
        "The answer could not be shown, and it is our fault. Reference {reference}.",
        reference=reference,
    )
    return Reply(text=text, tone=Tone.REFUSED)
