"""What is seen of a line: face, waveform, tracks, curves, and what drives time."""
