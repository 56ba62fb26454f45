"""The network: small, trainable in every part, the same for a window as for a whole sequence."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the making of the model needs torch")

from koemorph import arkit  # noqa: E402
from koemorph.model import GRID_FRAMES, TOKEN_FRAMES  # noqa: E402
from koemorph.performance.smoothing import kernel, smooth  # noqa: E402
from koemorph.timing import FrameRate  # noqa: E402
from koemorph_models.errors import DataError  # noqa: E402
from koemorph_models.export.onnx import analyse_example  # noqa: E402
from koemorph_models.network import NETWORKS, TINY, KoeMorphNet, NetworkConfig, build  # noqa: E402
from koemorph_models.network.smoothing import LearnedSmoothing  # noqa: E402
from koemorph_models.training.weights import load_net, save_weights  # noqa: E402

SMALL = NetworkConfig(width=32, heads=4, dilations=(1, 2), decoder_width=16)


@pytest.fixture
def net():
    torch.manual_seed(3)
    made = KoeMorphNet(SMALL)
    with torch.no_grad():
        for stream in (made.analyser.speech.context, made.analyser.emotion.attention):
            stream.position.normal_(std=0.5)
    return made.eval()


def features(blocks, seed=0):
    """Inputs of the analyser, all of them inside the clip."""
    speech, inside, emotion, tokens_inside = analyse_example(blocks, seed)
    return speech, torch.ones_like(inside), emotion, torch.ones_like(tokens_inside)


def largest(a, b):
    return float((a - b).detach().abs().max())


def test_the_shipped_size_is_small():
    net = KoeMorphNet()
    assert net.parameter_count() < 2_500_000, "beside the listener"
    assert net.parameter_count() == sum(p.numel() for p in net.parameters())
    assert (net.config.width, net.config.heads) == (256, 8)
    assert net.analyser.queries.shape == (52, 256)


def test_every_parameter_learns():
    torch.manual_seed(0)
    net = KoeMorphNet(SMALL).train()
    speech, inside, emotion, tokens_inside = (torch.cat([x, x * 0.9]) for x in analyse_example(4, 0))
    inside, tokens_inside = (inside > 0).float(), (tokens_inside > 0).float()
    curves = net(speech, inside, emotion, tokens_inside, torch.tensor([0.1, 0.4]))
    (net.smoothing(curves, 60.0) * torch.randn_like(curves)).sum().backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().max() > 0, f"nothing flows to {name}"


def test_curves_have_the_form_of_the_clip(net):
    for blocks in (2, 3, 7):
        curves = net(*features(blocks), torch.tensor([0.2]))
        assert curves.shape == (1, blocks * GRID_FRAMES, len(arkit.SHAPES))
        assert float(curves.detach().min()) >= 0.0 and float(curves.detach().max()) <= 1.0


def test_a_low_temperature_listens_to_one_stream(net):
    with torch.no_grad():
        net.renderer.theta.copy_(torch.randn(2, 52))
    cold = net.renderer.stream_weights(torch.tensor([0.001]))
    chosen = net.renderer.theta.argmax(dim=0)
    assert torch.allclose(cold.max(dim=1).values, torch.ones(1, 52), atol=1e-2)
    assert torch.equal(cold.argmax(dim=1)[0], chosen)
    warm = net.renderer.stream_weights(torch.tensor([1000.0]))
    assert largest(warm, torch.full_like(warm, 0.5)) < 1e-2
    for temperature in (0.05, 0.2, 0.5):
        weights = net.renderer.stream_weights(torch.tensor([temperature]))
        assert torch.allclose(weights.sum(dim=1), torch.ones(1, 52), atol=1e-6)


def test_the_stream_not_listened_to_is_not_heard(net):
    """At a low temperature a shape that listens to speech is deaf to the mood, before the shapes are mixed."""
    with torch.no_grad():
        net.renderer.theta.copy_(torch.tensor([[5.0], [-5.0]]).expand(2, 52))
    speech = torch.randn(1, 10, 52 * SMALL.latent_rank)
    moods = [torch.randn_like(speech) for _ in range(2)]
    one, other = (net.renderer(speech, mood, torch.tensor([0.05])) for mood in moods)
    assert largest(one, other) < 1e-6
    assert largest(net.renderer(moods[0], speech, torch.tensor([0.05])), one) > 1e-3


def test_what_lies_outside_the_clip_is_not_heard(net):
    """Frames and tokens that are masked may hold anything."""
    speech, inside, emotion, tokens_inside = features(6)
    first, last = 2 * GRID_FRAMES, 4 * GRID_FRAMES
    inside[:, :first] = inside[:, last:] = 0
    tokens_inside[:, : first // TOKEN_FRAMES] = tokens_inside[:, last // TOKEN_FRAMES + 1 :] = 0
    reach = SMALL.receptive_frames + 8
    other_speech, other_emotion = speech.clone(), emotion.clone()
    other_speech[:, : (first - reach) * 5 // 6] = 30.0
    other_speech[:, -(-(last + reach) * 5 // 6) :] = -70.0
    other_emotion[:, : first // TOKEN_FRAMES] = 1e3
    other_emotion[:, last // TOKEN_FRAMES + 1 :] = -1e3
    ours = net.analyser(speech, inside, emotion, tokens_inside)
    theirs = net.analyser(other_speech, inside, other_emotion, tokens_inside)
    for a, b in zip(ours[:2], theirs[:2], strict=True):
        assert largest(a[:, first:last], b[:, first:last]) < 1e-5
    unmasked = net.analyser(other_speech, torch.ones_like(inside), other_emotion, torch.ones_like(tokens_inside))
    assert largest(ours[0][:, first:last], unmasked[0][:, first:last]) > 1e-3
    assert largest(ours[1][:, first:last], unmasked[1][:, first:last]) > 1e-3


def test_a_part_of_a_sequence_is_the_sequence(net):
    """Cut anywhere on the grid, what is far enough from the cut comes out the same."""
    blocks, cut, halo = 22, 5, 5
    speech, inside, emotion, tokens_inside = features(blocks)
    whole = net.analyser(speech, inside, emotion, tokens_inside)
    frames, tokens = cut * GRID_FRAMES, cut * GRID_FRAMES // TOKEN_FRAMES
    end = (blocks - 3) * GRID_FRAMES
    part = net.analyser(
        speech[:, frames * 5 // 6 : end * 5 // 6],
        inside[:, frames:end],
        emotion[:, tokens : end // TOKEN_FRAMES + 1],
        tokens_inside[:, tokens : end // TOKEN_FRAMES + 1],
    )
    first, last = (cut + halo) * GRID_FRAMES, end - halo * GRID_FRAMES
    assert last - first > GRID_FRAMES
    for a, b in zip(whole[:2], part[:2], strict=True):
        assert largest(a[:, first:last], b[:, first - frames : last - frames]) < 1e-5
    told, again = whole[2][:, first * 5 // 6 : last * 5 // 6], part[2][:, (first - frames) * 5 // 6 :]
    assert largest(told, again[:, : told.shape[1]]) < 1e-4


def test_a_change_is_heard_as_far_as_the_description_says(net):
    """Not beyond the reach that blocks are laid out for, but well within it: the long context must matter."""
    speech, *rest = features(20)
    changed = speech.clone()
    changed[:, 700 * 5 // 6 : 708 * 5 // 6] += 20.0
    difference = (net.analyser(speech, *rest)[0] - net.analyser(changed, *rest)[0]).detach().abs().amax(dim=(0, 2))
    heard = np.flatnonzero(difference.numpy() > 1e-6)
    reach = 256 + SMALL.receptive_frames + 16
    assert 700 - reach <= heard.min() and heard.max() <= 708 + reach
    assert heard.min() < 700 - 200 and heard.max() > 708 + 200


def test_sliding_attention_is_attention(net):
    """One frame's sums, written out: softmax over its window of exp(score + position)."""
    attention = net.analyser.emotion.attention
    tokens, inside = torch.randn(1, SMALL.width, 40), torch.ones(1, 40)
    inside[:, :3] = 0
    sums = attention(tokens, inside, net.analyser.queries)
    numerator, denominator = sums.split([sums.shape[1] * SMALL.latent_rank // (SMALL.latent_rank + 1), 52], dim=1)
    weights, values = attention.readout(tokens, net.analyser.queries)
    for at in (0, 5, 39):
        window = range(max(0, at - attention.past), min(40, at + attention.ahead + 1))
        bias = torch.exp(attention.position[:, [token - at + attention.past for token in window]])
        share = weights[:, :, :, window] * bias * inside[:, None, None, window]
        assert torch.allclose(denominator[..., at], share.sum(dim=-1), rtol=1e-4)
        expected = (share.repeat_interleave(SMALL.latent_rank, dim=1) * values[..., window]).sum(dim=-1)
        assert torch.allclose(numerator[..., at], expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("seconds", [0.005, 0.01, 0.03])
@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_learned_smoothing_keeps_constants_and_does_not_lag(seconds, fps):
    smoothing = LearnedSmoothing()
    with torch.no_grad():
        smoothing.log_seconds.fill_(float(np.log(seconds)))
    still = torch.rand(1, 1, 52).expand(1, 80, 52)
    assert largest(smoothing(still, fps), still) < 1e-5
    impulse = torch.zeros(1, 101, 52)
    impulse[:, 50] = 1
    answer = smoothing(impulse, fps)
    assert (answer.argmax(dim=1) == 50).all()
    assert largest(answer, answer.flip(1)) < 1e-6


@pytest.mark.parametrize("seconds", [0.005, 0.01, 0.02])
def test_learned_smoothing_is_that_of_the_runtime(seconds):
    smoothing = LearnedSmoothing()
    with torch.no_grad():
        smoothing.log_seconds.fill_(float(np.log(seconds)))
    curve = np.random.default_rng(0).random(300, dtype=np.float32)
    theirs = smooth(curve, kernel(seconds, FrameRate.parse(60), causal=False), causal=False)
    ours = smoothing(torch.from_numpy(curve)[None, :, None].expand(1, 300, 52), 60.0)[0, :, 17].detach().numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert set(smoothing.seconds()) == {"lower_face", "upper_face"}
    np.testing.assert_allclose(smoothing.alpha(60.0).detach(), 1 - np.exp(-1 / (seconds * 60)), atol=1e-6)


def test_the_halves_of_the_face_learn_apart():
    smoothing = LearnedSmoothing()
    with torch.no_grad():
        smoothing.log_seconds.copy_(torch.log(torch.tensor([0.001, 0.05])))
    impulse = torch.zeros(1, 61, 52)
    impulse[:, 30] = 1
    peak = smoothing(impulse, 60.0)[0, 30].detach()
    assert peak[arkit.INDEX["jawOpen"]] > 0.99 and peak[arkit.INDEX["browInnerUp"]] < 0.4


def test_the_tiny_network_is_tiny():
    assert KoeMorphNet(TINY).parameter_count() < 50_000


def test_weights_name_their_network(tmp_path, monkeypatch):
    class Variant(KoeMorphNet):
        pass

    monkeypatch.setitem(NETWORKS, "Variant", Variant)
    config = replace(TINY, network="Variant")
    save_weights(tmp_path / "weights.pt", config, build(config).state_dict())
    assert type(load_net(tmp_path / "weights.pt")) is Variant
    monkeypatch.delitem(NETWORKS, "Variant")
    with pytest.raises(DataError, match="Variant"):
        load_net(tmp_path / "weights.pt")
