"""The link between panel and host: plain sockets, no Qt."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from koemorph.hosts import link
from koemorph.hosts.link import LinkError, Listener, Peer, connect
from koemorph.hosts.messages import Refused, Scene, ShowSettings, Welcome
from koemorph.runtime.messages import PROTOCOL, Bye, Made, Ping
from koemorph.runtime.wire import LINE_LIMIT, encode
from koemorph.timing import FrameRate

WAIT = 10.0


def until(ask, wait=WAIT):
    """What `ask` gives as soon as it gives something."""
    end = time.monotonic() + wait
    while time.monotonic() < end:
        if answer := ask():
            return answer
        time.sleep(0.005)
    raise AssertionError("nothing came")


@pytest.fixture
def joined():
    """(host's end, panel's end) of a link that stands."""
    listener = Listener("Test 1.0")
    panel = connect(listener.address, listener.token)
    host = until(listener.poll)
    assert until(panel.poll)[0] == Welcome(protocol=PROTOCOL, host="Test 1.0")
    yield host, panel
    host.close()
    panel.close()


def stranger(listener) -> socket.socket:
    name, _, port = listener.address.rpartition(":")
    return socket.create_connection((name, int(port)), timeout=WAIT)


def test_messages_arrive_whole_and_in_order(joined):
    host, panel = joined
    names = [f"shape{i}" for i in range(20_000)]
    host.send(Scene(rate=FrameRate.parse(24), target="Hero", names=tuple(names)))
    host.send(ShowSettings(settings={"temperature": 0.3}))
    got = []
    until(lambda: host.poll() or got.extend(panel.poll()) or len(got) == 2)
    assert got[0].names == tuple(names) and got[1].settings == {"temperature": 0.3}


def test_what_follows_the_greeting_at_once_is_not_lost():
    listener = Listener("Test")
    panel = connect(listener.address, listener.token)
    panel.send(ShowSettings(settings={"temperature": 0.4}))
    time.sleep(0.2)
    host = until(listener.poll)
    assert until(host.poll) == [ShowSettings(settings={"temperature": 0.4})]
    host.close()
    panel.close()


def test_wrong_token_is_refused_and_the_right_one_still_comes_in(one_sentence):
    listener = Listener("Test")
    wrong = connect(listener.address, "0" * 64)
    assert isinstance(until(lambda: listener.poll() or wrong.poll())[0], Refused)
    with pytest.raises(LinkError) as caught:
        until(wrong.poll)
        until(wrong.poll)
    one_sentence(caught.value)
    right = connect(listener.address, listener.token)
    assert isinstance(until(listener.poll), Peer)
    right.close()


@pytest.mark.parametrize(
    "words",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00\xff\xfe\n",
        b"[]\n",
        b'{"message": "hello"}\n',
        b'{"message": 5}\n',
        b'{"message": "key"}\n',
        b"[" * 100_000 + b"\n",
        b"x" * (LINE_LIMIT + 10),
    ],
)
def test_garbage_before_the_greeting_is_let_go(words):
    listener = Listener("Test")
    with stranger(listener) as other:
        other.setblocking(False)
        unsent = bytearray(words)
        gone = False
        end = time.monotonic() + WAIT
        while not gone and time.monotonic() < end:
            assert listener.poll() is None
            try:
                if unsent:
                    del unsent[: other.send(unsent)]
                data = other.recv(4096)
                gone = not data or b"refused" in data or b"bye" in data
            except (BlockingIOError, InterruptedError):
                time.sleep(0.005)
            except OSError:
                gone = True
        assert gone
    panel = connect(listener.address, listener.token)
    assert until(listener.poll)
    panel.close()


@pytest.mark.parametrize(
    "line",
    [
        b"noise\n",
        b'{"message": "format disk"}\n',
        b'{"message": "scene", "rate": 24}\n',
        b'{"message":"ping"'[:9] * 200_000,
    ],
)
def test_garbage_from_a_peer_ends_the_link_with_a_sentence(joined, line, one_sentence):
    host, panel = joined
    raw, unsent = panel._socket, bytearray(line)

    def speak():
        try:
            if unsent:
                del unsent[: raw.send(unsent)]
        except BlockingIOError:
            pass
        return host.poll()

    with pytest.raises(LinkError) as caught:
        until(speak)
    one_sentence(caught.value)
    assert host.closed
    with pytest.raises(LinkError):
        host.poll()


def test_a_silent_stranger_is_let_go_in_time(monkeypatch):
    monkeypatch.setattr(link, "GREETING_SECONDS", 0.05)
    listener = Listener("Test")
    with stranger(listener) as other:
        listener.poll()
        time.sleep(0.1)
        listener.poll()
        other.settimeout(WAIT)
        assert b"bye" in other.recv(100)


def test_a_second_panel_finds_the_door_shut():
    listener = Listener("Test")
    first = connect(listener.address, listener.token)
    host = until(listener.poll)
    with pytest.raises(LinkError):
        second = connect(listener.address, listener.token)
        until(second.poll)
    host.close()
    first.close()


def test_a_peer_that_ends_is_noticed_after_its_last_words(joined):
    host, panel = joined
    panel.send(ShowSettings(settings={}))
    panel.close()
    assert until(host.poll) == [ShowSettings(settings={}), Bye()]
    with pytest.raises(LinkError):
        until(host.poll)


def test_a_killed_process_is_noticed():
    listener = Listener("Test")
    code = (
        "import sys, time; from koemorph.hosts.link import connect;"
        "p = connect(sys.argv[1], sys.argv[2]); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, listener.address, listener.token])
    host = until(listener.poll, 60)
    process.kill()
    process.wait()
    with pytest.raises(LinkError):
        until(host.poll)


def test_heartbeat_keeps_a_link_and_its_absence_ends_it(joined, monkeypatch):
    host, panel = joined
    monkeypatch.setattr(link, "PING_SECONDS", 0.02)
    monkeypatch.setattr(link, "GONE_SECONDS", 0.4)
    end = time.monotonic() + 0.8
    while time.monotonic() < end:
        assert host.poll() == [] and panel.poll() == []
        time.sleep(0.01)
    with pytest.raises(LinkError, match="not answered"):
        until(host.poll, 3)  # the panel no longer polls


def test_what_is_too_long_is_not_sent(joined):
    host, _ = joined
    with pytest.raises(LinkError):
        host.send(ShowSettings(settings={"a": "x" * 2**20}))
    assert not host.closed


def test_a_message_of_another_conversation_ends_the_link(joined):
    host, panel = joined
    rate = FrameRate.parse(24)
    panel.send(Made(id="1", out=Path("a"), frames=1, rate=rate, warnings=(), seconds=0.1))
    with pytest.raises(LinkError, match="no message"):
        until(host.poll)


def test_a_token_that_is_no_proper_text_is_refused():
    listener = Listener("Test")
    with stranger(listener) as other:
        other.sendall(b'{"message": "hello", "protocol": 2, "token": "\\ud800", "koemorph": ""}\n')
        other.settimeout(WAIT)
        heard = b""
        end = time.monotonic() + WAIT
        while b"refused" not in heard and time.monotonic() < end:
            assert listener.poll() is None
            other.setblocking(False)
            try:
                heard += other.recv(4096)
            except BlockingIOError:
                time.sleep(0.005)
        assert b"refused" in heard
    panel = connect(listener.address, listener.token)
    assert until(listener.poll)
    panel.close()


def test_idle_strangers_do_not_keep_the_panel_waiting():
    listener = Listener("Test")
    idle = []
    try:
        for number in range(460):
            idle.append(stranger(listener))
            if number % 100 == 99:
                assert listener.poll() is None
        panel = connect(listener.address, listener.token)
        polls = 0
        while (host := listener.poll()) is None:
            polls += 1
            assert polls < 5 or not time.sleep(0.02)
            assert polls < 50
        assert len(listener._strangers) <= link.MOST_STRANGERS
        host.close()
        panel.close()
    finally:
        for one in idle:
            one.close()


def test_a_flood_from_strangers_does_not_keep_the_panel_waiting():
    """Each says what never ends; the host looks at it in pieces, and lets in who knows the token."""
    listener = Listener("Test")
    loud = [stranger(listener) for _ in range(40)]
    panel = None
    try:
        for one in loud:
            one.setblocking(False)
        for number in range(60):
            for one in loud:
                with contextlib.suppress(OSError):
                    one.send(b"x" * 100_000)
            if number == 30:
                panel = connect(listener.address, listener.token)
            if (host := listener.poll()) is not None:
                break
            assert len(listener._strangers) <= link.MOST_STRANGERS
        assert host is not None and number < 40
        host.close()
    finally:
        for one in (*loud, *([panel] if panel else [])):
            one.close()


def test_a_flood_from_the_peer_is_read_in_pieces(joined):
    """What follows it arrives, and no poll takes more into memory than one message may have."""
    host, panel = joined
    words = encode(Ping()) * 100_000 + encode(ShowSettings(settings={"seed": 7}))
    panel._socket.setblocking(True)
    sending = threading.Thread(target=panel._socket.sendall, args=(words,))
    sending.start()

    def next_message():
        assert len(host._heard) <= LINE_LIMIT + 65536
        return host.poll()

    assert until(next_message) == [ShowSettings(settings={"seed": 7})]
    sending.join()


def test_a_peer_that_does_not_read_is_given_up(joined, monkeypatch):
    host, _ = joined
    monkeypatch.setattr(link, "UNSENT_LIMIT", 2**20)
    with pytest.raises(LinkError):
        for _ in range(200):
            host.send(ShowSettings(settings={"a": "x" * 500_000}))


@pytest.mark.parametrize("address", ["example.com:80", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:x", ""])
def test_only_this_machine_is_connected_to(address, one_sentence):
    with pytest.raises(LinkError) as caught:
        connect(address, "token")
    one_sentence(caught.value)


def test_without_a_token_nothing_is_tried():
    with pytest.raises(LinkError, match=link.TOKEN_VARIABLE):
        connect("127.0.0.1:1", "")


def test_link_needs_no_qt():
    code = "import sys, koemorph.hosts.link; sys.exit(any('PySide' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
