"""KoeMorph for Maya: select a face, name the line, key it, keep animating.

A script in Maya or mayapy keys a line without the commands, and gets what was done as an object:

    wanted = key_line.KeyRequest(targets=("face",), rate=clock.scene_rate(), layer="dialogue")
    report = key_line.run(wanted, source.from_file(Path("line.wav"), Fraction(101)))

source       what is listened to            character    whom it is keyed on, and what is in the way
clock        the scene's exact rate         layers       which curve gets the keys
process      the worker beside Maya         keys         writing them in bulk, undone as one
key_line     one line, asked for to keyed   commands     the same for MEL and Python
menu, panel  what an artist sees            batch        the same from mayapy, scene in and scene out
layer_bar    the layer that the panel's button keys into
plugin       the file with the commands     options      what was chosen last
nodes        questions to the scene
sample_face  our own head as a scene        flags        of the commands, each once
"""
