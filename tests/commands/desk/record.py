"""The record, exports and backups, as moderators type them, and what they leave behind."""

from tests.commands.programme import People

LINES: dict[str, str] = {
    "mod record audit": "",
    "mod record export": "ledger",
    "mod record backup": "",
}
"""How each command is typed."""

ACTS: dict[str, tuple[str, str]] = {
    "mod record export": ("ledger", "asked for by hand"),
    "mod record backup": ("database", "asked for by hand"),
}
"""To what and why each was done, as the record has it; those that write nothing are missing."""


async def prepare(people: People) -> None:
    """Let there be what each command is about."""
