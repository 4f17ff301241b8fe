"""One process per data folder."""

import os
import signal
import subprocess
import sys

import pytest

from engine.errors import StorageError
from server.instance import DataLock, InUse


def test_a_second_holder_is_told_who_has_the_folder(tmp_path):
    with DataLock(tmp_path, url="http://127.0.0.1:1"):
        with pytest.raises(InUse, match=f"process {os.getpid()}, which serves http://127.0.0.1:1") as refused:
            DataLock(tmp_path).__enter__()
        assert refused.value.holder.url == "http://127.0.0.1:1"
    with DataLock(tmp_path):
        pass


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"cannot be written: .*--data"):
        DataLock(tmp_path / "file" / "data").__enter__()


def test_a_killed_holder_leaves_the_folder_free(tmp_path, root):
    code = (
        "import sys, signal; from pathlib import Path; from server.instance import DataLock\n"
        "with DataLock(Path(sys.argv[1])): print('held', flush=True); signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=root, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(InUse):
            DataLock(tmp_path).__enter__()
        holder.send_signal(signal.SIGKILL)
    with DataLock(tmp_path):
        pass
