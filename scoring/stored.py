"""What a bucket holds, what may be wrong with it, and how an object is received; no SDK in it."""

import base64
import hashlib
import os
import re
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

from db.refused import Refused, Sentence

State = Literal["denied", "missing", "unreachable"]

CLOUD_STORAGE = "https://storage.googleapis.com"
EMULATOR = "STORAGE_EMULATOR_HOST"
"""In the environment, the address of an emulator, as all of Google's clients read it."""
DOWNLOAD_SECONDS = 900
"""For one whole object, however slowly it comes."""


@dataclass(frozen=True, slots=True)
class Access:
    """Which bucket, and by what right."""

    name: str
    credentials: str = "default"
    """default: the machine's own. anonymous: none. Else the path of a key file."""
    api_url: str = CLOUD_STORAGE
    most_bytes: int = 200_000_000
    """A larger video is not judged, nor ever read into memory."""


@dataclass(frozen=True, slots=True)
class Object:
    """A file in the bucket, as it is now."""

    name: str
    generation: str
    """Another content under the same name is another generation."""
    size: int
    md5: str | None
    """Base64; None for an object that was put together of parts."""
    media_type: str | None
    """As whoever put it there says; None where that is no media type."""
    updated_at: datetime


MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9][a-z0-9.+_-]{0,60}")


def media_type(told: str | None) -> str | None:
    """Return a media type that may be passed on: anybody may write words into its place."""
    kind = (told or "").partition(";")[0].strip().lower()
    return kind if MEDIA_TYPE.fullmatch(kind) else None


def address(access: Access) -> str:
    """Return where the bucket is reached; what config says wins over the environment."""
    said = access.api_url
    return said if said != CLOUD_STORAGE else os.environ.get(EMULATOR, said)


def is_emulated(access: Access) -> bool:
    """Tell whether it is reached where the environment says, and not at Google."""
    return address(access) == os.environ.get(EMULATOR)


class BucketProblem(Exception):
    """The bucket can't be used, in one line."""

    def __init__(self, refused: Refused, state: State, *, is_of_object: bool = False) -> None:
        super().__init__(refused.reason)
        self.refused = refused
        """The line, which can be said in any language."""
        self.state = state
        self.is_of_object = is_of_object
        """Whether only the object asked for is denied, and others may be read."""

    @property
    def reason(self) -> Sentence:
        """The line in English."""
        return self.refused.reason


class Gone(Exception):
    """The object is there no more, or has another content by now."""


def no_bucket(access: Access) -> BucketProblem:
    """Say that there is none of the name."""
    return BucketProblem(Refused("There is no bucket {name}.", name=access.name), "missing")


def denied(access: Access) -> BucketProblem:
    """Say that whoever asks has no right to it."""
    said = Refused(
        "The bucket {name} may not be read: bucket.credentials must be those of an account that "
        "has the role Storage Object Viewer there.",
        name=access.name,
    )
    return BucketProblem(said, "denied")


def denied_object(uri: str) -> BucketProblem:
    """Say that whoever asks has no right to this object alone."""
    said = Refused("{object} may not be read.", object=uri)
    return BucketProblem(said, "denied", is_of_object=True)


def slow_object(uri: str) -> BucketProblem:
    """Say that this object alone did not come in time; a smaller one may."""
    said = Refused("{object} takes too long to fetch.", object=uri)
    return BucketProblem(said, "unreachable", is_of_object=True)


def without_credentials() -> BucketProblem:
    """Say that there is nobody to ask as."""
    said = Refused(
        "The bucket needs credentials and this machine has none: set bucket.credentials, or run "
        "`gcloud auth application-default login`."
    )
    return BucketProblem(said, "denied")


def unread_key_file(path: Path) -> BucketProblem:
    """Say that there is no such file, or that it is not for this program to read."""
    said = Refused("bucket.credentials: the key file {path} can't be read.", path=path)
    return BucketProblem(said, "denied")


def no_key_file(path: Path) -> BucketProblem:
    """Say that the file holds something else."""
    said = Refused("bucket.credentials: {path} is not a service account's key file.", path=path)
    return BucketProblem(said, "denied")


def not_accepted(access: Access) -> BucketProblem:
    """Say that Google does not believe whoever asks."""
    said = Refused(
        "Google does not accept the credentials for the bucket {name}.", name=access.name
    )
    return BucketProblem(said, "denied")


def unreachable(access: Access, where: str | None, why: str) -> BucketProblem:
    """Say that it does not answer, or not as it should: with a code, or a kind of failure."""
    said = Refused(
        "The bucket {name} can't be reached at {where}: {why}.",
        name=access.name,
        where=where or access.api_url,
        why=why,
    )
    return BucketProblem(said, "unreachable")


class Sink:
    """Takes a download in: no more than was told, in no more time than it may take."""

    def __init__(self, file: IO[bytes], size: int, closed: threading.Event) -> None:
        self._file = file
        self._left = size
        self._closed = closed
        self._ends_at = time.monotonic() + DOWNLOAD_SECONDS
        self._digest = hashlib.md5(usedforsecurity=False)

    def write(self, piece: bytes) -> int:
        """Keep a piece; raise where it is one too many, or too late."""
        self._left -= len(piece)
        if self._left < 0:
            raise Gone
        if self._closed.is_set() or time.monotonic() > self._ends_at:
            raise TimeoutError
        self._digest.update(piece)
        return self._file.write(piece)

    def holds(self, found: Object) -> bool:
        """Tell whether it is the object that was found."""
        digest = base64.b64encode(self._digest.digest()).decode()
        return self._left == 0 and found.md5 in (None, digest)
