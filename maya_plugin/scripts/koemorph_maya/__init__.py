"""KoeMorph for Maya: select a face, name the line, key it, keep animating.

A script in Maya or mayapy keys a line without the commands, and gets what was done as an object:

    wanted = request.KeyRequest(targets=("face",), rate=clock.scene_rate(), layer="dialogue")
    report = key_line.run(wanted, source.from_file(Path("line.wav"), Fraction(101)))

source        what is listened to            character    whom it is keyed on, and what is in the way
clock         the scene's exact rate         shapes       weights of blendShapes, and which move nothing
request       what is asked for              bones        joints and controls: how they turn, where they rest
process       the worker beside Maya         layers       which curve gets the keys
key_line      one line, asked for to keyed   keys         writing them in bulk, undone as one
lines         those of the scene             hand_edits   what a person changed about them, on a layer of its own
commands      the same for MEL and Python    line_commands   those for lines that are keyed already
command       what they have in common       flags, asked    of the commands: what there is, what a call says
menu, panel   what an artist sees            batch        the same from mayapy, scene in and scene out
layer_bar     the layer of the panel         options      what was chosen last
progress      Maya's progress window         plugin       the file with the commands
sample_face   our own head as a scene        nodes        questions to the scene
"""
