"""What goes wrong beneath us: every open, write, sync, rename and new folder of a run fails once, or is the last thing.

`python -m tests.faults` kills runs at every such step; `test_faults.py` lets every step fail.
"""
