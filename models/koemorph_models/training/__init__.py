"""Training: from utterances with phone times to the weights that are exported.

reels       utterances strung together, with targets from the teacher, on disk
disturb     what other microphones, rooms and codecs do to a recording
batches     the batch of a step: a pure function of the step, so that a stopped run goes on exactly
losses      the five parts of the loss, and the two that exist only while training
loop        what trains any Task: the encoder of ave, the flip-book
trainer     the loop of the model itself: schedule, averaged weights, checkpoints, resume, many processes
"""
