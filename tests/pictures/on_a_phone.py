"""A channel of Discord drawn by Chromium, and the drawing made small."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partialmethod
from pathlib import Path
from typing import Any
from unittest import mock

from PIL import Image, ImageChops
from playwright.async_api import BrowserType
from simcord.preview import _markdown

MARGIN = 12
COLOURS = 200
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def installed_browser() -> Iterator[None]:
    """Let playwright take the machine's own browser, where there is one, and download none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    before = BrowserType.launch
    if found:
        BrowserType.launch = partialmethod(before, executable_path=found)
    try:
        yield
    finally:
        BrowserType.launch = before


@contextmanager
def blank_lines() -> Iterator[None]:
    """Let the preview leave a line free between paragraphs, as Discord does."""
    parts = _markdown._blocks

    def apart(tokens: Any, policy: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for one in parts(tokens, policy):
            if found and found[-1]["type"] == one["type"] == "paragraph":
                found.append({"type": "inline", "children": [{"type": "break"}]})
            found.append(one)
        return found

    with mock.patch.object(_markdown, "_blocks", apart):
        yield


def keep(png: bytes, path: Path) -> int:
    """Crop a drawing to what is on it, take what colours it needs, and return its size."""
    drawn = Image.open(io.BytesIO(png)).convert("RGB")
    small = cropped(drawn).quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    return path.stat().st_size


def cropped(drawn: Image.Image) -> Image.Image:
    ground = Image.new("RGB", drawn.size, drawn.getpixel((0, drawn.height - 1)))
    box = ImageChops.difference(drawn, ground).getbbox() or (0, 0, *drawn.size)
    left, top, right, bottom = box
    return drawn.crop(
        (
            max(left - MARGIN, 0),
            max(top - MARGIN, 0),
            min(right + MARGIN, drawn.width),
            min(bottom + MARGIN, drawn.height),
        )
    )
