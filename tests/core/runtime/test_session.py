"""Takes from a session: the same as the engine's, of what is wanted last, whatever happens to the worker."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
from worker_host import TINY_MODEL

from koemorph.engine import Engine
from koemorph.errors import AudioError, Cancelled, KoeMorphError, RemoteError
from koemorph.recording import Recording
from koemorph.runtime import Runtime
from koemorph.runtime.messages import Analyse, Job
from koemorph.runtime.pool import Pool
from koemorph.runtime.process import WorkerProcess
from koemorph.runtime.session import Session
from koemorph.runtime.take_request import TakeRequest
from koemorph.settings import Settings
from koemorph.speech.script import Script
from koemorph.speech.track import Phone, Tracks
from koemorph.take import Take
from koemorph.timing import FrameRate

RATE = FrameRate.parse("29.97")
TINY = Runtime(model=TINY_MODEL, threads=1)


@pytest.fixture
def session() -> Iterator[Session]:
    with Session(TINY) as session:
        yield session


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """All jobs that workers were given."""
    jobs: list[Job] = []
    submit = WorkerProcess.submit
    monkeypatch.setattr(WorkerProcess, "submit", lambda process, job: jobs.append(job) or submit(process, job))
    return jobs


def same(take: Take | None, other: Take) -> bool:
    assert take is not None
    told = (take.rate, take.start, take.provenance) == (other.rate, other.start, other.provenance)
    return told and np.array_equal(take.values, other.values)


def end(request: TakeRequest) -> TakeRequest:
    until = time.monotonic() + 120
    while not request.over:
        assert time.monotonic() < until
        request._session.poll(0.05)
    return request


def test_script_and_edits_cost_no_second_listening_and_are_told_in_the_take(
    session: Session, line: Path, tiny_engine: Engine
) -> None:
    script, heard = Script("Hello"), Recording(line)
    first = session.ask(heard, Settings(), RATE, script=script).wait()
    with heard.open() as clip:
        assert same(first, tiny_engine.animate(clip, Settings(), RATE, script=script))
    assert first.script == script and not first.edited
    edited = Tracks((Phone(start=Fraction(1, 10), end=Fraction(1, 4), symbol="m", source="edited"),))
    stages: list[str] = []
    for keep in (True, False):
        request = session.ask(heard, Settings(), RATE, script=script, edited=edited, keep=keep)
        take = request.wait(lambda stage, done: stages.append(stage) is None)
        assert (take.tracks, take.script, take.edited) == (edited, script, True)
        if keep:
            assert "listening" not in stages
    untouched = session.ask(heard, Settings(), RATE, edited=first.tracks).wait()
    assert np.array_equal(untouched.values, first.values) and untouched.tracks == first.tracks
    unread = session.ask(heard, Settings(), RATE, script=Script("hm", "xx")).wait()
    assert any("xx" in told for told in unread.provenance["warnings"])


def test_the_engines_takes_analysed_once(session: Session, asked: list[Job], line: Path, tiny_engine: Engine) -> None:
    heard = Recording(line, begin=Fraction(1, 3), end=Fraction(2), channel="right")
    request = session.ask(heard, Settings(), RATE)
    assert not request.over, "nobody waits"
    chosen = Settings(temperature=0.3)
    with heard.open() as clip:
        assert same(request.wait(), tiny_engine.animate(clip, Settings(), RATE))
        assert (request.begin, request.duration) == (clip.start, clip.duration)
        assert same(session.ask(heard, chosen, RATE).wait(), tiny_engine.animate(clip, chosen, RATE))
        assert same(session.ask(heard, chosen, RATE, keep=False).wait(), tiny_engine.animate(clip, chosen, RATE))
    assert [job.kind for job in asked] == ["render", "analyse", "render", "render", "animate"]


def test_of_many_wishes_the_latest_is_made(session: Session, asked: list[Job], line: Path, tiny_engine: Engine) -> None:
    wishes = [session.ask(Recording(line), Settings(temperature=0.1 + 0.01 * n), RATE) for n in range(20)]
    assert same(end(wishes[-1]).take, tiny_engine.animate(line, wishes[-1].settings, RATE))
    assert all(isinstance(end(wish).error, Cancelled) for wish in wishes[:-1])
    assert sum(isinstance(job, Analyse) for job in asked) == 1


def test_another_recording_stops_the_one_that_is_listened_to(
    session: Session, line: Path, long_recording: Path
) -> None:
    slow = session.ask(Recording(long_recording), Settings(), RATE)
    until = time.monotonic() + 60
    while slow.stage != "animating" and time.monotonic() < until:
        session.poll(0.05)
    quick = session.ask(Recording(line), Settings(), RATE)
    assert isinstance(slow.error, Cancelled) and not quick.over
    assert quick.wait().frame_count == 90


def test_cancelled(session: Session, line: Path, long_recording: Path) -> None:
    request = session.ask(Recording(long_recording), Settings(), RATE)
    with pytest.raises(Cancelled):
        request.wait(lambda stage, done: stage != "animating")
    assert not session.busy
    request.cancel()
    assert session.ask(Recording(line), Settings(), RATE).wait()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_worker_that_dies_is_replaced(session: Session, line: Path, tiny_engine: Engine) -> None:
    wanted = tiny_engine.animate(line, Settings(), RATE)
    for _ in range(2):
        request = session.ask(Recording(line), Settings(), RATE)
        assert session.pid is not None
        os.kill(session.pid, signal.SIGKILL)
        assert same(request.wait(), wanted)


@pytest.mark.skipif(os.name == "nt", reason="a program of POSIX")
def test_one_that_always_dies_is_told(line: Path, one_sentence: Callable[[object], None]) -> None:
    with Session(Runtime(python=shutil.which("false") or "")) as session:
        with pytest.raises(RemoteError) as caught:
            session.ask(Recording(line), Settings(), RATE).wait()
        one_sentence(caught.value)
    with Session(Runtime(python="/none/such")) as session, pytest.raises(KoeMorphError, match="another Python"):
        session.ask(Recording(line), Settings(), RATE).wait()


def test_a_recording_that_changes_is_listened_to_again_and_one_that_goes_is_remembered(
    session: Session, asked: list[Job], line: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.wav"
    with pytest.raises(AudioError, match="cannot be read"):
        session.ask(Recording(path), Settings(), RATE)
    shutil.copy(line, path)
    first = session.ask(Recording(path), Settings(), RATE).wait()
    path.write_bytes(line.read_bytes()[: -48_000 * 4])
    os.utime(path, ns=(1, 1))
    assert isinstance(end(session.ask(Recording(path), Settings(), RATE)).error, KoeMorphError | None)
    assert sum(isinstance(job, Analyse) for job in asked) == 2
    shutil.copy(line, path)
    os.utime(path, ns=(2, 2))
    assert same(session.ask(Recording(path), Settings(), RATE).wait(), first)
    path.unlink()
    assert same(session.ask(Recording(path), Settings(), RATE).wait(), first)


def test_closed_it_leaves_nothing(line: Path, long_recording: Path) -> None:
    session = Session(TINY)
    session.ask(Recording(line), Settings(), RATE).wait()
    pid, folder = session.pid, session._files.folder
    assert pid is not None and folder is not None and folder.is_dir() and not list(folder.iterdir())
    late = session.ask(Recording(long_recording), Settings(), RATE)
    session.close()
    assert isinstance(late.error, Cancelled)
    assert not psutil.pid_exists(pid) and not folder.exists()


def test_a_pool_gives_every_piece_its_turn_and_those_that_others_are_at_another(line: Path) -> None:
    tries: dict[int, int] = {}

    def make(piece: int, session: Session, go_on: Callable[[str, float], bool]) -> str | None:
        tries[piece] = tries.get(piece, 0) + 1
        if piece == 3 and tries[piece] < 3:
            return None
        return f"{piece} {session.ask(Recording(line), Settings(), RATE, keep=False).wait(go_on).frame_count}"

    told = list(Pool(TINY, 2, make).work_through(range(5)))
    assert sorted(result for _, result in told if result) == [f"{piece} 90" for piece in range(5)]
    assert sorted(piece for piece, result in told if not result) == list(range(5)) and tries[3] == 3


def test_a_pool_stops_when_told_and_a_defect_is_raised(long_recording: Path) -> None:
    def make(piece: int, session: Session, go_on: Callable[[str, float], bool]) -> str:
        return str(session.ask(Recording(long_recording), Settings(), RATE, keep=False).wait(go_on))

    begun = time.monotonic()
    work = Pool(TINY, 1, make).work_through([1, 2], stopped=lambda: time.monotonic() - begun > 2.0)
    assert list(work) == [(1, None)]

    def broken(piece: int, session: Session, go_on: Callable[[str, float], bool]) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(Pool(TINY, 2, broken).work_through([1, 2]))
