import pytest

from lighthouse import tide

READINGS = [(20, 3.1), (23, 1.2), (2, 3.8), (5, 2.2), (9, 0.9)]


def test_high_water():
    assert tide.height(0) == pytest.approx(4.0)


def test_low_water():
    assert tide.height(tide.PERIOD_HOURS / 2) == pytest.approx(0.6)


def test_mean_at_night():
    assert tide.mean_at_night(READINGS) == pytest.approx(2.4)
