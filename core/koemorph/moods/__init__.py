"""Moods: what each does to a face, which one a line is in from when on, and how that is heard in the voice."""

from .table import NEUTRAL, Mood, moods
from .track import MoodKey, MoodTrack, parse_mood_keys

__all__ = ["NEUTRAL", "Mood", "MoodKey", "MoodTrack", "moods", "parse_mood_keys"]
