"""make run: the worker beside the server."""

import threading

from tools import run


class Process:
    def __init__(self, code):
        self.code = code

    def poll(self):
        return self.code


def test_a_worker_that_was_killed_is_followed_by_another(monkeypatch):
    started, ended = [Process(-9)], threading.Event()

    def start():
        ended.set()
        return Process(None)

    monkeypatch.setattr(run, "SECONDS_BEFORE_ANOTHER", 0.01)
    monkeypatch.setattr(run, "start_worker", start)
    run.keep_worker(started, ended)
    assert [process.code for process in started] == [-9, None]


def test_a_worker_that_works_is_left_alone(monkeypatch):
    started, ended = [Process(None)], threading.Event()
    monkeypatch.setattr(run, "SECONDS_BEFORE_ANOTHER", 0.01)
    threading.Timer(0.1, ended.set).start()
    run.keep_worker(started, ended)
    assert len(started) == 1
