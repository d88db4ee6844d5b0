"""Ids, handles, addresses and text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.intake.names import address, author_id, handle, id_text, is_video_id, lost_digits, text

ID = "7706449511291367377"


@pytest.mark.parametrize("given_id", [ID, "640512345678901", "9007199254740993"])
def test_15_to_19_digits_are_a_video_id(given_id: str):
    assert is_video_id(given_id)


@pytest.mark.parametrize(
    "given_id",
    ["", "17", "abc", ID + "0", "-" + ID[:18], "0" + ID[1:], " " + ID[1:], "٧" * 19, "9" * 19],
)
def test_anything_else_is_none(given_id: str):
    assert not is_video_id(given_id)


@given(st.integers(2**53, 2**63 - 1025))
def test_what_went_through_a_float_is_no_id(number: int):
    """Above 2^62 floats stand 1,024 apart; below they do so more closely, and are no ids of today.

    A time of posting after 2004 makes an id above 2^62.
    """
    if number > 2**62:
        assert not is_video_id(str(int(float(number))))
    assert lost_digits(id_text(float(number)))


@pytest.mark.parametrize("destroyed", ["7.47e+18", "7.71E+18", "7,71E+18", "7e18", str(15 * 2**59)])
def test_a_destroyed_id_is_known_as_one(destroyed: str):
    assert not is_video_id(destroyed)
    assert lost_digits(destroyed)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (7000000000000000001, "7000000000000000001"),
        (" 6612345678901234567 ", "6612345678901234567"),
        ("58978582", "58978582"),
        (7.0e18, None),
        ("7E+18", None),
        ("7000000000000000000", None),
        ("@somebody", None),
    ],
)
def test_a_destroyed_author_id_is_unknown(told: object, kept: str | None):
    assert author_id(told) == kept


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("@Jelly.Cloud_1", "jelly.cloud_1"),
        (" jelly ", "jelly"),
        ("Żółw", "żółw"),
        (12345, "12345"),
    ],
)
def test_a_handle_is_kept_in_lower_case_without_its_sign(told: object, kept: str):
    assert handle(told) == kept


@pytest.mark.parametrize(
    "told",
    ["", "@", "@@jelly", "jelly cloud", "jelly-cloud", "a\nb", "<b>", "je\u202elly", "x" * 65],
)
def test_a_handle_with_other_characters_is_refused(told: str):
    with pytest.raises(ValueError, match="not a handle"):
        handle(told)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"https://www.tiktok.com/@Jelly.Cloud/video/{ID}", ("jelly.cloud", "video", ID)),
        (f"https://www.tiktok.com/@jelly/photo/{ID}?lang=en#x", ("jelly", "photo", ID)),
        (f"tiktok.com/@jelly/video/{ID}/", ("jelly", "video", ID)),
        (f"https://www.tiktok.com/@/video/{ID}", (None, "video", ID)),
        (f"https://m.tiktok.com/v/{ID}.html", (None, "video", ID)),
        (f"https://www.tiktok.com/embed/v2/{ID}", (None, "video", ID)),
    ],
)
def test_the_address_of_a_video_tells_its_id_and_handle(
    url: str, told: tuple[str | None, str, str]
):
    assert address(url) == told


@pytest.mark.parametrize(
    "url",
    [
        "https://www.tiktok.com/tag/jelly",
        "https://www.tiktok.com/@jelly",
        f"https://evil.example/?www.tiktok.com/@jelly/video/{ID}",
        f"https://www.tiktok.com.evil.example/@jelly/video/{ID}",
        f"javascript://www.tiktok.com/@jelly/video/{ID}",
        f"https://www.tiktok.com/@jelly/video/{ID}99",
    ],
)
def test_any_other_address_tells_nothing(url: str):
    assert address(url) is None


def test_text_loses_what_databases_refuse():
    assert text("a\0b\ud83dc", 10) == "ab?c"


@given(st.text(st.characters(), max_size=50))
def test_text_can_always_be_encoded_and_is_never_longer_than_allowed(said: str):
    kept = text(said, 20)
    assert len(kept) <= 20
    assert "\0" not in kept
    assert kept.encode().decode() == kept
