import pytest

from lighthouse import lamp


@pytest.mark.parametrize("text, expected", [
    ("sos", "... --- ..."),
    ("HI THERE", ".... .. / - .... . .-. ."),
    ("", ""),
])
def test_flashes(text, expected):
    assert lamp.flashes(text) == expected


@pytest.mark.parametrize("text, expected", [("E", 1), ("T", 3), ("SOS", 27), ("E E", 9)])
def test_units(text, expected):
    assert lamp.units(text) == expected


def test_the_lamp_knows_no_digits():
    with pytest.raises(KeyError):
        lamp.flashes("R2")
