"""`mayapy koemorph-maya-bake.py SCENE -o SCENE --file LINE`: key dialogue into a scene; --help says the rest."""

import sys

from libraries import find_libraries

find_libraries()

import maya.standalone  # noqa: E402

maya.standalone.initialize(name="python")

from koemorph_maya.batch import main  # noqa: E402

code = main()
maya.standalone.uninitialize()
sys.exit(code)
