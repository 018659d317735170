"""The logbook: which ships passed, and when; kept as lines of text."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Passage:
    hour: int
    ship: str
    draught: float

    @classmethod
    def parse(cls, line):
        hour, ship, draught = (part.strip() for part in line.split(","))
        if not 0 <= int(hour) < 24:
            raise ValueError(f"no such hour: {hour}")
        return cls(int(hour), ship, float(draught))


class Logbook:
    def __init__(self, path):
        self.path = path

    def write(self, passage):
        with open(self.path, "a", encoding="utf-8") as log:
            log.write(f"{passage.hour}, {passage.ship}, {passage.draught}\n")

    def read(self):
        with open(self.path, encoding="utf-8") as log:
            return sorted(Passage.parse(line) for line in log if line.strip())


def may_pass(passage, depth, reserve=0.5):
    """Whether the ship has water enough under her keel."""
    return passage.draught + reserve <= depth
