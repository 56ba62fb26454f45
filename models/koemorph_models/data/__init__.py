"""Data sets: sound with curves, a folder that studios fill with their own captures.

dataset     the folder: recordings, speakers
split       who of the speakers is trained on, who is kept for choosing, who for the final table
parts       the same for a folder of captures
offset      where in a sound do curves begin
importing   captures (Live Link Face and others) into a data set
teaching    utterances with phone times into a data set, curves by the teacher
validation  what is wrong with a data set
"""
