"""The teacher: phones and prosody to 52 ARKit curves by rules, the targets that the network learns from."""

from .heard import MouthCourse
from .prosody import Prosody, Reference, analyse, reference
from .style import Style, participation_at
from .teacher import Ends, teach, teach_ends

__all__ = [
    "Ends",
    "MouthCourse",
    "Prosody",
    "Reference",
    "Style",
    "analyse",
    "participation_at",
    "reference",
    "teach",
    "teach_ends",
]
