"""KoeMorph for Maya: select a face, name the line, key it, keep animating.

A script in Maya or mayapy keys a line without the commands, and gets what was done as an object:

    order = press.Order(("face",), clock.scene_rate(), layer="dialogue")
    report = press.run(order, source.from_file(Path("line.wav"), Fraction(101)))

source       what is listened to            character    whom it is keyed on, and what is in the way
clock        the scene's exact rate         layers       which curve gets the keys
process      the worker beside Maya         keys         writing them in bulk, undone as one
press        one line from order to keys    commands     the same for MEL and Python
menu, panel  what an artist sees            batch        the same from mayapy, scene in and scene out
how_bar      layer and number of keys for the panel's button
naming       which weights are meant        options      what was chosen last
plugin       the file with the commands     nodes        questions to the scene
sample_face  our own head as a scene        flags        of the commands, each once
outcome      what came of a line in batch
"""
