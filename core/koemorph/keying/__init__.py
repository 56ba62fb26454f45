"""A take as keys that an animator can edit: few, with a guaranteed error, in the form that hosts take in bulk."""

from .keys import CurveKeys
from .plan import KeyPlan, plan_keys
from .reduce import reduce_curves
from .styles import STYLES, Keying, Style

__all__ = ["STYLES", "CurveKeys", "KeyPlan", "Keying", "Style", "plan_keys", "reduce_curves"]
