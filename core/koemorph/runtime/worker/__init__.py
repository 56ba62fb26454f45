"""The process that makes takes: `python -m koemorph.runtime.worker [--model FOLDER] [--threads N] [--provider NAME]`.

Requests come in on stdin and events go out on stdout, one message a line, as `runtime.messages` declares them. The
worker says `ready` (or `failed`, and ends), then works through its jobs one after another. `cancel`, `ping` and
`shutdown` are answered at once, whatever is running. Every accepted job ends in exactly one event with its id; one that
failed or was stopped leaves no file behind. The worker ends with its stdin.
"""
