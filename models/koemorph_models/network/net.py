"""The dual-stream network: two streams of latents, blended per shape at a temperature, decoded to curves."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from koemorph import arkit

from ..speech.classifier import PhoneHead
from .config import NetworkConfig
from .smoothing import LearnedSmoothing
from .streams import EmotionStream, SpeechStream


class Analyser(nn.Module):
    """Everything that does not depend on a slider: features -> latents, once per clip."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        shapes = len(arkit.SHAPES)
        self.phones = PhoneHead(config.phone_width)
        self.queries = nn.Parameter(torch.randn(shapes, config.width) * 0.5)
        self.speech = SpeechStream(config, shapes)
        self.emotion = EmotionStream(config, shapes)

    def forward(
        self, features: Tensor, inside: Tensor, emotion: Tensor, emotion_inside: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """(B, 5 T/6, 512), (B, T), (B, T/18 + 1, 264), (B, T/18 + 1) -> latents of speech and of emotion (B, T, 52 r),
        and the phones' log probabilities (B, 5 T/6, 68).
        """
        told = torch.log_softmax(self.phones(features)[0], dim=2)
        latents: Tensor = self.speech(features, torch.exp(told), inside, self.queries)
        return latents, self.emotion(emotion, emotion_inside, self.queries), told


class Renderer(nn.Module):
    """What a temperature slider repeats: the blend of the streams and the decoder.

    Shape i hears the mel stream by softmax([theta_mel_i, theta_emotion_i] / temperature) and the emotion
    stream by the rest: near 0.05 each shape listens to one stream, near 0.5 to both.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        shapes, rank = len(arkit.SHAPES), config.latent_rank
        self.shapes, self.rank = shapes, rank
        self.theta = nn.Parameter(torch.randn(2, shapes) * 0.05)
        self.direct = nn.Parameter(torch.randn(shapes, rank) * rank**-0.5)
        self.bias = nn.Parameter(torch.full((shapes,), -2.5))
        self.mix = nn.Linear(shapes * rank, config.decoder_width)
        self.out = nn.Linear(config.decoder_width, shapes, bias=False)

    def stream_weights(self, temperature: Tensor) -> Tensor:
        """(B,) -> (B, 2, 52): how much each shape hears of mel and of emotion."""
        return torch.softmax(self.theta[None] / temperature[:, None, None], dim=1)

    def forward(self, speech: Tensor, emotion: Tensor, temperature: Tensor) -> Tensor:
        """Latents (B, T, 52 r) twice and temperatures (B,) -> curves (B, T, 52) in 0..1."""
        weights = self.stream_weights(temperature).repeat_interleave(self.rank, dim=2)
        fused = weights[:, None, 0] * speech + weights[:, None, 1] * emotion
        own = (fused.unflatten(2, (self.shapes, self.rank)) * self.direct).sum(dim=3)
        logits = own + self.out(torch.relu(self.mix(fused))) + self.bias
        return torch.sigmoid(logits)


class KoeMorphNet(nn.Module):
    """Analyser, renderer and the smoothing learned beside them."""

    def __init__(self, config: NetworkConfig | None = None) -> None:
        super().__init__()
        self.config = config or NetworkConfig()
        self.analyser = Analyser(self.config)
        self.renderer = Renderer(self.config)
        self.smoothing = LearnedSmoothing()

    def forward(
        self, features: Tensor, inside: Tensor, emotion: Tensor, emotion_inside: Tensor, temperature: Tensor
    ) -> Tensor:
        speech, mood, _ = self.analyser(features, inside, emotion, emotion_inside)
        curves: Tensor = self.renderer(speech, mood, temperature)
        return curves

    def parameter_count(self) -> int:
        return sum(p.numel() for p in self.parameters())
