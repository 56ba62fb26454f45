"""The teacher: phones and prosody to 52 ARKit curves by rules, the targets that the network learns from."""

from .prosody import Prosody, Reference, analyse, reference
from .style import Style
from .teacher import teach

__all__ = ["Prosody", "Reference", "Style", "analyse", "reference", "teach"]
