"""A Postfix of its own: an instance in a folder, on free ports, that relays to a sink."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rdds.serving.proxies import free_port
from tests.waiting import wait_until

__all__ = ["Postfix", "running_postfix"]

SECONDS = 60.0

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = mail.example.net
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
smtp_dns_support_level = disabled
relayhost = [127.0.0.1]:{relay}
virtual_alias_domains = {domain}
virtual_alias_maps = socketmap:inet:{table}:alias
"""

# What Debian's master.cf has, without chroot, and no more than this needs.
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


def _as_root() -> tuple[str, ...]:
    return () if os.geteuid() == 0 else ("sudo", "-n")


def _missing() -> str | None:
    if shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None:
        return "Postfix is not installed"
    if subprocess.run([*_as_root(), "true"], capture_output=True, check=False).returncode:
        return "Postfix starts as root only"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Postfix:
    """A running instance."""

    port: int
    folder: Path

    def look_up(self, key: str, table: str) -> tuple[int, str]:
        """Ask *table*, HOST:PORT, by Postfix's own client; give its status and its answer."""
        done = subprocess.run(
            ["postmap", "-c", str(self.folder / "etc"), "-q", key, f"socketmap:inet:{table}:alias"],
            capture_output=True,
            text=True,
            env=_ENVIRONMENT,
            timeout=SECONDS,
            check=False,
        )
        return done.returncode, done.stdout.strip()

    def log(self) -> str:
        """Read what it has logged."""
        path = self.folder / "mail.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""


_ENVIRONMENT = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/bin"}


@contextmanager
def running_postfix(*, table: str, domain: str, relay: int) -> Iterator[Postfix]:
    """Run Postfix with the aliases of *domain* at *table*; all mail goes to port *relay*."""
    why_not = _missing()
    if why_not is not None:
        if os.environ.get("CI"):
            pytest.fail(f"{why_not}, in CI")
        pytest.skip(why_not)
    # Its daemons run under their own login: a folder that others may walk through.
    folder = Path(tempfile.mkdtemp(prefix="rdds-postfix-"))
    folder.chmod(0o755)
    values = {"folder": folder, "relay": relay, "domain": domain, "table": table}
    port = free_port()
    (folder / "etc").mkdir()
    (folder / "etc/main.cf").write_text(MAIN.format(**values), encoding="ascii")
    (folder / "etc/master.cf").write_text(MASTER.format(port=port), encoding="ascii")
    (folder / "queue").mkdir()
    (folder / "data").mkdir()
    _own(folder / "data")
    try:
        _control(folder, "start")
        try:
            postfix = Postfix(port=port, folder=folder)
            wait_until(lambda: "daemon started" in postfix.log())
            yield postfix
        finally:
            _control(folder, "stop")
    finally:
        subprocess.run([*_as_root(), "rm", "-rf", str(folder)], check=True)


def _own(path: Path) -> None:
    login = pwd.getpwnam("postfix")
    group = grp.getgrgid(login.pw_gid).gr_name
    subprocess.run([*_as_root(), "chown", f"{login.pw_name}:{group}", str(path)], check=True)


def _control(folder: Path, word: str) -> None:
    done = subprocess.run(
        [*_as_root(), "postfix", "-c", str(folder / "etc"), word],
        capture_output=True,
        text=True,
        env=_ENVIRONMENT,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
