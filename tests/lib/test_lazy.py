import subprocess
import sys
import threading

from lib.lazy import LazyModule

FRESH = """
import sys
from lib.lazy import LazyModule
lazy = LazyModule("decimal", after="fractions")
before = {"decimal", "fractions"} & set(sys.modules)
lazy.Decimal
print(sorted(before), "decimal" in sys.modules, "fractions" in sys.modules)
"""


def test_a_module_is_imported_at_its_first_use_and_the_one_it_needs_before_it():
    result = subprocess.run(
        [sys.executable, "-c", FRESH], capture_output=True, text=True, check=True
    )
    assert result.stdout == "[] True True\n"


def test_threads_that_meet_at_the_first_use_all_get_the_whole_module():
    for name in [name for name in sys.modules if name.split(".")[0] == "wave"]:
        del sys.modules[name]
    lazy, found = LazyModule("wave"), []
    threads = [threading.Thread(target=lambda: found.append(lazy.open)) for _i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
