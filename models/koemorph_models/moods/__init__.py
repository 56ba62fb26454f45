"""How the model learns to hear moods: acted speech in, one linear layer on the listener's tones out."""
