"""The audio pipeline of SyncTalk_2D, for whoever drives 2D digital humans; the engine needs none of it.

`features/ave.py` has its numbers, PORTS.md the specification for other languages.
"""
