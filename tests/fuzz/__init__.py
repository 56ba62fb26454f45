"""Bad inputs for every door through which outside data comes, made with knowledge of what they break.

`python -m tests.fuzz --minutes N` runs for hours; a few seconds of it are `test_fuzz.py`. Findings stay in `corpus`.
"""
