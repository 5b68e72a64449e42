"""`rdds serve`: prepare the store, bind both doors, start the workers, say `ready`."""

from __future__ import annotations

import logging
from collections.abc import Callable

from rdds.logs import configure_log
from rdds.serving.listening import Listeners, bind, shown
from rdds.serving.preparing import prepare_store
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
    if not settings.whois.listen and not settings.rdap.listen:
        raise RegistryError(Code.SETTINGS, "Both doors are switched off.", field="listen")
    configure_log(settings)
    check_tls(settings)
    prepare_store(settings, demo=demo)
    listeners = bind(settings.whois.listen, settings.rdap.listen, workers=workers)
    supervisor = Supervisor(listeners, _work(settings, listeners[0], demo=demo))
    try:
        if not supervisor.start():
            raise RegistryError(Code.STORE_UNAVAILABLE, "The workers did not start; see the log.")
        print(_ready_line(settings, listeners[0]), flush=True)
        supervisor.run(lambda: _renewed(reload, listeners[0], demo=demo))
    finally:
        supervisor.stop()
    return 0


def check_tls(settings: Settings) -> None:
    """See that certificate and key can be used.

    Raises:
        RegistryError: ``SETTINGS`` naming the key.
    """
    if settings.rdap.tls_certificate is None:
        return
    from rdds.serving.tls import tls_context

    try:
        tls_context(str(settings.rdap.tls_certificate), str(settings.rdap.tls_key))
    except OSError as error:
        raise RegistryError(
            Code.SETTINGS,
            f"The certificate or its key can't be used: {error.strerror or 'not a matching pair'}.",
            field="rdap.tls_certificate",
        ) from error


def _renewed(reload: Callable[[], Settings], listeners: Listeners, *, demo: bool) -> Work | None:
    """Read the settings anew; give ``None``, with a line in the log, where they are bad."""
    try:
        settings = reload()
        check_tls(settings)
        configure_log(settings)
        return _work(settings, listeners, demo=demo)
    except RegistryError as error:
        _log.error("the old settings stay in force: %s: %s", error.code, error.message)
        return None


def _work(settings: Settings, listeners: Listeners, *, demo: bool) -> Work:
    """Give what a worker does under *settings*; its imports happen in the worker."""
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
            certificate=_text(settings.rdap.tls_certificate),
            key=_text(settings.rdap.tls_key),
        )
        run_worker(plan, own, ready=ready, life=life)

    return work


def _text(path: object) -> str | None:
    return None if path is None else str(path)


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
