"""What all tests share: an environment of their own, and the embedding model when a test needs the real one."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from coach.models.weights import MINILM, installed_fingerprint
from coach.settings import quiet_third_parties

ROOT = Path(__file__).resolve().parents[1]
_DATA = Path(os.environ.get("COACH_DATA") or ROOT / "var")
_MODELS = Path(os.environ.get("COACH_MODELS_DIR") or _DATA / "models")

quiet_third_parties()
# No test is timed: a busy machine is no fault of the code.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting or key of whoever runs the tests reaches them, and nothing of theirs is written to."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("COACH_") or name.endswith("_API_KEY"):
                patch.delenv(name)
        patch.setenv("COACH_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def installed_models() -> Path:
    """The folder of the real embedding model, which `make test` installs first."""
    if installed_fingerprint(MINILM, _MODELS) is None:
        message = f"the embedding model is not in {_MODELS}; run `make model`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return _MODELS


@pytest.fixture(scope="session")
def shipped_home(installed_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the index of the shipped knowledge: built once a run, copied for each worker."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    built, home = shared / "shipped-home", tmp_path_factory.mktemp("home")
    with (shared / "shipped-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (built / "index" / "current").is_file():
            environment = {**os.environ, "COACH_DATA": str(built), "COACH_MODELS_DIR": str(installed_models)}
            subprocess.run([sys.executable, "-m", "coach", "index"], cwd=ROOT, env=environment, check=True)
    shutil.copytree(built, home, dirs_exist_ok=True)
    return home
