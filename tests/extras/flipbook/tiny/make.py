"""Makes the tiny flip-book net beside it: drawn weights, real shapes. Needs the extra `train`.

python tests/extras/flipbook/tiny/make.py
"""

from pathlib import Path

import torch

from koemorph_models.flipbook.export import export_flipbook
from koemorph_models.flipbook.net import TINY, AudioToVideoNet

torch.manual_seed(1)
export_flipbook(AudioToVideoNet(TINY).eval(), Path(__file__).parent, name="tiny")
