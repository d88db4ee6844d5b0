"""The same client in front of a stand-in of another hand: the npm package aimock, where Node is.

It knows no uploads and keeps no video, so it proves less than ours; but nobody here wrote it.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from scoring.sentiment.asking import Answer, Door, NotAllowed, Said, Tokens, TryAgain
from scoring.sentiment.gemini import Gemini
from tests.fakes.gemini_replies import fields
from tests.scoring.sentiment.watcher import MODEL, QUESTION, RUBRIC

PACKAGE = "@copilotkit/aimock"
VERSION = "1.43.0"
INSTALL_SECONDS = 60
START_SECONDS = 20
QUIETLY = ("--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--fetch-retries=0")
LISTENING = "listening on "


def fixture(caption: str, response: dict[str, Any]) -> dict[str, Any]:
    """Answer so to this caption, under our rubric alone."""
    seen = {"userMessage": caption, "systemMessage": f"Rubric {RUBRIC.prompt_version}"}
    return {"match": seen, "response": response}


SAYS = {
    "fixtures": [
        fixture(
            "Cake day",
            {
                "content": json.dumps(fields(0.8)),
                "usage": {"input_tokens": 3_000, "output_tokens": 70},
            },
        ),
        fixture("odd", {"content": "I liked it."}),
        fixture("unsafe", {"content": "", "finishReason": "content_filter"}),
        fixture("long", {"content": '{"sent', "finishReason": "length"}),
        fixture(
            "busy",
            {
                "error": {"message": "Slow down.", "type": "RESOURCE_EXHAUSTED"},
                "status": 429,
                "retryAfter": 7,
            },
        ),
        fixture("broken", {"error": {"message": "Oh.", "type": "INTERNAL"}, "status": 500}),
        fixture(
            "closed",
            {"error": {"message": "API key not valid.", "type": "INVALID_ARGUMENT"}, "status": 400},
        ),
    ]
}


@pytest.fixture(name="address", scope="module")
def _address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("aimock")
    program = _installed(folder)
    (folder / "says.json").write_text(json.dumps(SAYS))
    command = ["node", str(program), "--port", "0", "--fixtures", "says.json", "--strict"]
    with _running(command, folder) as address:
        yield address


def _installed(folder: Path) -> Path:
    """Return the package's program; skip with a word where it can't be had."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node is not installed, so no foreign stand-in for Gemini is asked")
    command = [npm, "install", *QUIETLY, "--prefix", str(folder), f"{PACKAGE}@{VERSION}"]
    try:
        subprocess.run(
            command, cwd=folder, capture_output=True, timeout=INSTALL_SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError):
        pytest.skip(f"npm could not install {PACKAGE}, so no foreign stand-in for Gemini is asked")
    return folder / "node_modules" / PACKAGE / "dist" / "cli.js"


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[str]:
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as program:
        patience = Timer(START_SECONDS, program.kill)
        patience.start()
        try:
            lines = [] if program.stdout is None else program.stdout
            said = next((line for line in lines if LISTENING in line), "")
            patience.cancel()
            if not said:
                pytest.skip(f"{PACKAGE} did not start, so no foreign stand-in for Gemini is asked")
            yield said.rpartition(LISTENING)[2].strip()
        finally:
            patience.cancel()
            program.kill()


async def ask(address: str, caption: str) -> Answer:
    gemini = Gemini(
        Door(api_key="a-key-of-ours", api_url=address, timeout_seconds=20), MODEL, RUBRIC
    )
    try:
        return await gemini.ask(replace(QUESTION, caption=caption))
    finally:
        await gemini.close()


async def test_a_foreign_stand_in_is_asked_and_read(address: str):
    assert await ask(address, "Cake day with my sister") == Answer(
        Said.ANSWERED,
        Tokens(3_000, output=70),
        sentiment=0.8,
        confidence=0.9,
        tone="warm, calm, hopeful",
        reason="The speaker smiles at the camera. The words are kind.",
        language="en",
    )


@pytest.mark.parametrize(
    ("caption", "said"),
    [("odd", Said.MALFORMED), ("unsafe", Said.SAFETY), ("long", Said.MAX_TOKENS)],
)
async def test_a_foreign_stand_ins_odd_answers_have_their_states(
    address: str, caption: str, said: Said
):
    assert (await ask(address, caption)).said is said


async def test_a_foreign_stand_ins_errors_mean_what_ours_do(address: str):
    with pytest.raises(TryAgain, match="Gemini answered 429: Slow down") as busy:
        await ask(address, "busy")
    assert busy.value.after_seconds == 7
    with pytest.raises(TryAgain, match="Gemini answered 500"):
        await ask(address, "broken")
    with pytest.raises(NotAllowed, match="API key not valid"):
        await ask(address, "closed")
