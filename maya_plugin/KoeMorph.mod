+ KoeMorph 1.0 .
PYTHONPATH +:= scripts
PYTHONPATH +:= ../core
