"""The tracks of a line under its waveform: moods, words and phones, to look at and to edit."""
