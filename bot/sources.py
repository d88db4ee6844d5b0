"""Where exports come from: the inbox first, then the bucket, which also has the videos' files."""

from bot.config import Settings
from scoring.bucket import Access, Bucket
from scoring.run import Summary
from scoring.take_in import TakeIn, take_in_inbox
from scoring.take_in_bucket import Exports, take_in_bucket


def open_bucket(settings: Settings) -> Bucket | None:
    """Return the bucket that config names, to be closed by who asks; None where it names none."""
    said = settings.bucket
    if not said.name:
        return None
    most_bytes = said.most_megabytes * 1_000_000
    return Bucket(Access(said.name, said.credentials, said.api_url, most_bytes))


async def take_in_all(settings: Settings, work: TakeIn) -> list[Summary]:
    """Take in what waits in the inbox, and what is new in the bucket, whatever becomes of it."""
    taken = await take_in_inbox(work, settings.inbox, settings.intake.quiet_seconds)
    bucket = open_bucket(settings) if settings.bucket.exports else None
    if bucket is None:
        return taken
    folder = settings.data_dir
    exports = Exports(bucket, settings.bucket.exports, folder / "fetched", folder / "rejects")
    async with bucket:
        return taken + await take_in_bucket(work, exports)
