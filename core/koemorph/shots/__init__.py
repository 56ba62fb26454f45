"""Shot lists: a whole show keyed overnight, resumed where it stopped, spread over a farm."""

from .reading import missing_recordings, read_shots
from .shot import Problem, Shot, ShotList, Target

__all__ = ["Problem", "Shot", "ShotList", "Target", "missing_recordings", "read_shots"]
