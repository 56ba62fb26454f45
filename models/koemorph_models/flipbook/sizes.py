"""The true numbers of parameters, part by part, of the audio-to-video net and of the legacy net.

The net was described as having about 4.4 million of them; its projection to pictures alone has 4.2.
"""

from __future__ import annotations

import argparse

from .net import LEGACY, AudioToVideoNet, NetConfig, parameter_counts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> None:
    for title, config in (("audio-to-video net", NetConfig()), ("legacy net", LEGACY)):
        print(title)
        for name, count in parameter_counts(AudioToVideoNet(config)):
            print(f"{name:>20} {count:>12,}")
