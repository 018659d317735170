"""The tide: a cosine between high water and low water, and the keeper's readings of it."""

import math
import statistics

PERIOD_HOURS = 12.42
NIGHT_BEGINS, NIGHT_ENDS = 22, 6


def height(hours_since_high, high=4.0, low=0.6):
    """Metres of water, so many hours after high water."""
    swing = (high - low) / 2
    return low + swing + swing * math.cos(2 * math.pi * hours_since_high / PERIOD_HOURS)


def is_night(hour):
    return hour >= NIGHT_BEGINS and hour < NIGHT_ENDS


def mean_at_night(readings):
    """The mean of (hour, metres) readings that were taken at night."""
    return statistics.mean(metres for hour, metres in readings if is_night(hour))
