"""The making of the model: network, training, evaluation and export. Imports the runtime; never imported by it."""
