import unittest

import pytest

from lighthouse.logbook import Logbook, Passage, may_pass


@pytest.fixture
def logbook(tmp_path):
    return Logbook(tmp_path / "log")


def test_reads_in_order_of_the_hour(logbook):
    logbook.write(Passage(21, "Nordstern", 3.2))
    logbook.write(Passage(4, "Pamir", 7.1))
    assert [passage.ship for passage in logbook.read()] == ["Pamir", "Nordstern"]


def test_there_is_no_hour_25():
    with pytest.raises(ValueError, match="no such hour: 25"):
        Passage.parse("25, Flying Dutchman, 5")


class MayPass(unittest.TestCase):
    def test_with_water_under_the_keel(self):
        self.assertTrue(may_pass(Passage(12, "Nordstern", 3.2), depth=3.8))

    def test_not_when_she_would_touch_ground(self):
        self.assertFalse(may_pass(Passage(12, "Pamir", 7.1), depth=3.8))
