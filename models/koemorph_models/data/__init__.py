"""Data sets: sound with curves, a folder that studios fill with their own captures.

dataset     the folder: recordings, speakers
parts       who is trained on, watched and measured
offset      where in a sound do curves begin
importing   captures (Live Link Face and others) into a data set
teaching    utterances with phone times into a data set, curves by the teacher
validation  what is wrong with a data set
"""
