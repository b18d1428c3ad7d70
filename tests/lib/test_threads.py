"""What each thread keeps for itself."""

from concurrent.futures import ThreadPoolExecutor

from lib.threads import once_per_thread


def test_each_thread_builds_its_own_and_only_once():
    build = once_per_thread(lambda: object())
    assert build() is build()
    with ThreadPoolExecutor(1) as other:
        assert other.submit(build).result() is other.submit(build).result() is not build()
