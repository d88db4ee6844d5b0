"""What `fairpoints check` says of who judges, and of the bucket with the videos and exports."""

from collections.abc import Iterator
from pathlib import Path

from bot.config import Settings
from db.refused import Refused
from scoring import stored
from scoring.cost import configured
from scoring.stored import Access

Line = tuple[str, bool, str]
"""What, whether it is ready, and what it does or what to do about it."""

NOBODY = 'every video counts as neither good nor bad; sentiment.judge = "caption" changes that.'
KEY = (
    "set FAIRPOINTS_GEMINI_API_KEY, from Google AI Studio (https://aistudio.google.com/apikey): "
    "Create API key. Or set gemini.vertex_project in config.toml, to go through Vertex AI with "
    "workload identity, or with GOOGLE_APPLICATION_CREDENTIALS."
)
BUCKET = "set bucket.name in config.toml: the Cloud Storage bucket in which the videos' files lie."
NO_BUCKET = "bucket.name in config.toml; needed for Gemini, and for exports from a bucket, only."
INBOX_ALONE = "from the inbox; bucket.exports in config.toml takes those in a bucket in, too."
OWN = "the machine's own credentials"
JUDGING = "with each refresh; jobs.judge in config.toml gives it a time of its own, too."
WITH_GEMINI = "by Gemini only; sentiment.judge and jobs.judge in config.toml."


def lines(settings: Settings) -> tuple[Line, ...]:
    """Return the lines about sentiment, bucket and exports."""
    return _sentiment(settings), _bucket(settings), _exports(settings)


def judge_job(settings: Settings) -> Line:
    """Return the line about the job by which Gemini watches."""
    cron = settings.jobs.judge
    if not settings.sentiment.is_watching:
        return "Job judge", False, WITH_GEMINI
    return "Job judge", True, f"at {cron} (UTC), and with each refresh" if cron else JUDGING


def _sentiment(settings: Settings) -> Line:
    judge = settings.sentiment.judge
    if judge == "none":
        return "Sentiment", False, NOBODY
    if judge == "caption":
        return "Sentiment", True, "judged by caption"
    missing = " And ".join(_missing(settings))
    return "Sentiment", not missing, missing or _watched_by(settings)


def _missing(settings: Settings) -> Iterator[str]:
    """Say what Gemini lacks, all of it at once."""
    if not (settings.gemini_api_key or settings.gemini.vertex_project):
        yield KEY
    if not settings.bucket.name:
        yield BUCKET
    try:
        configured(settings.judging)
    except Refused as refused:
        yield refused.reason


def _watched_by(settings: Settings) -> str:
    """Say which model watches by which rubric, and how it is reached."""
    named, said = configured(settings.judging), settings.gemini
    door = "with a key"
    if said.vertex_project:
        door = f"through Vertex AI, {said.vertex_project} in {said.vertex_location}"
    samples = settings.sentiment.samples
    return (
        f"watched by {named.model}, rubric {named.prompt_version}, {samples} times each, {door}; "
        "fairpoints job judge --dry-run tells the cost"
    )


def _bucket(settings: Settings) -> Line:
    said = settings.bucket
    if not said.name:
        return "Bucket", False, NO_BUCKET
    access = Access(said.name, said.credentials, said.api_url)
    at = f" at {stored.address(access)}, by {stored.EMULATOR}" if stored.is_emulated(access) else ""
    if said.credentials == "anonymous":
        by = "without credentials"
    elif said.credentials == "default":
        by = f"by {OWN}"
    elif not Path(said.credentials).expanduser().is_file():
        problem = f"there is no file {said.credentials}; bucket.credentials names a key file."
        return "Bucket", False, problem
    else:
        by = f"by the key in {said.credentials}"
    return "Bucket", True, f"a video is gs://{said.name}/{said.videos}, read {by}{at}"


def _exports(settings: Settings) -> Line:
    said = settings.bucket
    if not said.exports:
        return "Exports", True, INBOX_ALONE
    if not said.name:
        return "Exports", False, "bucket.exports needs bucket.name in config.toml."
    return "Exports", True, f"from the inbox, and from gs://{said.name}/{said.exports}"
