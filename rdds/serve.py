"""`rdds serve`: prepare the store, bind both doors, start the workers, say `ready`."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from dataclasses import replace

from rdds.logs import configure_log
from rdds.serving.listening import Listeners, bind, shown
from rdds.serving.preparing import prepare_store, settle_store
from rdds.serving.supervisor import Supervisor, Work
from rdds.settings import Settings
from store.errors import Code, RegistryError

__all__ = ["run_serve"]

_log = logging.getLogger("rdds.parent")


def run_serve(
    settings: Settings,
    *,
    reload: Callable[[], Settings],
    demo: bool = False,
    workers: int = 1,
) -> int:
    """Serve until TERM or INT; give the exit status.

    *settings* hold the addresses already as the command line has them; *reload* reads
    the settings anew, the same way, for HUP.

    Raises:
        RegistryError: settings, addresses or the store are not fit to serve.
    """
    check_addresses(settings)
    configure_log(settings)
    tls_of(settings)
    listeners = bind(settings.whois.listen, settings.rdap.listen, workers=workers)
    prepare_store(settings, demo=demo)
    supervisor = Supervisor(listeners, _work(settings, listeners[0], demo=demo))
    try:
        if not supervisor.start():
            raise RegistryError(Code.STORE_UNAVAILABLE, "The workers did not start; see the log.")
        print(_ready_line(settings, listeners[0]), flush=True)
        supervisor.run(lambda: _renewed(settings, reload, listeners[0], demo=demo))
    finally:
        supervisor.stop()
        settle_store(settings)
    return 0


def check_addresses(settings: Settings) -> None:
    """See that a door is open, and that no address is asked of both.

    Raises:
        RegistryError: ``SETTINGS``.
    """
    whois, rdap = settings.whois.listen, settings.rdap.listen
    if not whois and not rdap:
        raise RegistryError(Code.SETTINGS, "Both doors are switched off.", field="listen")
    for endpoint in whois:
        if endpoint.port and endpoint in rdap:
            raise RegistryError(
                Code.SETTINGS,
                f"whois.listen and rdap.listen both name {endpoint}.",
                field="rdap.listen",
            )


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """Read certificate and key; ``None`` where the settings name none.

    Raises:
        RegistryError: ``SETTINGS`` naming the key.
    """
    if settings.rdap.tls_certificate is None:
        return None
    from rdds.serving.tls import tls_context

    certificate, key = settings.rdap.tls_certificate, settings.rdap.tls_key
    try:
        return tls_context(str(certificate), str(key))
    except ssl.SSLError as error:
        mismatch = "MISMATCH" in (error.reason or "")
        raise RegistryError(
            Code.SETTINGS,
            f"{key} is not the key of {certificate}."
            if mismatch
            else f"{certificate} and {key} are no certificate and key in PEM.",
            field="rdap.tls_key" if mismatch else "rdap.tls_certificate",
        ) from error
    except OSError as error:
        raise RegistryError(
            Code.SETTINGS,
            f"{certificate} or {key} can't be read: {error.strerror}.",
            field="rdap.tls_certificate",
        ) from error


def _renewed(
    before: Settings, reload: Callable[[], Settings], listeners: Listeners, *, demo: bool
) -> Work | None:
    """Read the settings anew; give ``None``, with a line in the log, where they are bad."""
    try:
        read = reload()
        settings = replace(read, database=before.database)
        work = _work(settings, listeners, demo=demo)
    except RegistryError as error:
        _log.error("the old settings stay in force: %s: %s", error.code, error.message)
        return None
    configure_log(settings)
    if settings.whois.listen != before.whois.listen or settings.rdap.listen != before.rdap.listen:
        _log.warning("new listening addresses need a restart; the old ones stay")
    if read.database != before.database:
        _log.warning("another database needs a restart; the old one stays")
    return work


def _work(settings: Settings, listeners: Listeners, *, demo: bool) -> Work:
    """Give what a worker does under *settings*; its imports happen in the worker.

    The certificate is read here, once: a worker that replaces a dead one must not find
    another, or none.
    """
    tls = tls_of(settings)
    base = _base_url(settings, listeners)

    def work(own: Listeners, ready: int, life: int) -> None:
        from rdap.door import RdapDoor
        from rdds.serving.worker import Plan, run_worker

        policy = settings.registry_policy()
        if demo:
            from rdds.demo import demo_policy

            policy = demo_policy(policy)
        plan = Plan(
            database_url=settings.database.url,
            public_url=settings.database.public_url,
            policy=policy,
            whois_patience=settings.whois.patience,
            whois_most=settings.whois.most_connections,
            rdap=RdapDoor(
                public_url=base,
                patience=settings.rdap.patience,
                most_connections=settings.rdap.most_connections,
            ),
            tls=tls,
        )
        run_worker(plan, own, ready=ready, life=life)

    return work


def _listening_url(settings: Settings, listeners: Listeners) -> str:
    scheme = "http" if settings.rdap.tls_certificate is None else "https"
    address = shown(listeners.rdap[0]) if listeners.rdap else "localhost"
    return f"{scheme}://{address}/"


def _base_url(settings: Settings, listeners: Listeners) -> str:
    """Give what links begin with: the public URL, by default the listening address."""
    return settings.rdap.public_url or _listening_url(settings, listeners)


def _ready_line(settings: Settings, listeners: Listeners) -> str:
    """Spell the line that scripts wait for (interface.md, `serve`)."""
    whois = shown(listeners.whois[0]) if listeners.whois else "off"
    if not listeners.rdap:
        return f"ready whois={whois} rdap=off"
    from urllib.parse import urlsplit

    path = urlsplit(_base_url(settings, listeners)).path
    return f"ready whois={whois} rdap={_listening_url(settings, listeners)[:-1]}{path}"
