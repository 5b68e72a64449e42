"""Another opponent: ICANN's open RDAP server, with our answers as its data in memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from generators import WrkLoad
from opponent import awaits_clients, free_port
from ours import Serving
from processes import background, on_core

__all__ = ["Icann", "icann_refusal", "serve_icann"]

PROGRAM = "rdap-srv"
_SERVED = "/rdap/domain/"  # where it answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Icann:
    """The running server: its process and its port."""

    pid: int
    port: int

    def asked_by(self, wrk: WrkLoad) -> WrkLoad:
        """Give *wrk* with its questions spelled for this server."""
        questions = wrk.questions.with_name("icann-paths")
        text = wrk.questions.read_text(encoding="ascii")
        questions.write_text(text.replace("/domain/", _SERVED), encoding="ascii")
        return replace(wrk, questions=questions)


def icann_refusal() -> str | None:
    """Say why it can't be measured here, or give ``None``."""
    if shutil.which(PROGRAM) is None:
        return "rdap-srv is not installed (cargo install icann-rdap-srv)"
    return None


@contextmanager
def serve_icann(
    folder: Path, serving: Serving, names: Sequence[str], *, core: int | str
) -> Iterator[Icann]:
    """Serve what *serving* answers for *names*, held to *core*.

    Raises:
        RuntimeError: it did not start.
    """
    data = folder / "icann"
    data.mkdir(exist_ok=True)
    for number, name in enumerate(names):
        (data / f"{number}.json").write_bytes(serving.rdap_answer(name))
    port = free_port()
    variables = {
        "RDAP_SRV_DATA_DIR": str(data),
        "RDAP_SRV_LISTEN_ADDR": "127.0.0.1",
        "RDAP_SRV_LISTEN_PORT": str(port),
        "RDAP_SRV_STORAGE": "memory",
        "RDAP_SRV_BOOTSTRAP": "false",
        "RDAP_SRV_LOG": "error",
    }
    command = on_core(core, [PROGRAM])
    with background(command, log=folder / "icann.log", variables=variables) as process:
        if not awaits_clients(port, tries=1200):
            raise RuntimeError("rdap-srv did not start")
        yield Icann(pid=process.pid, port=port)
