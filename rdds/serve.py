"""`rdds serve`: prepare the store, bind both doors, start the workers, say `ready`."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rdds.limits.shared import SharedLimits
from rdds.logs import configure_log
from rdds.operations.stripes import Stripes
from rdds.serving.checks import (
    check_questions_file,
    check_settings,
    list_certificate_warnings,
    tls_of,
)
from rdds.serving.descriptors import see_to_descriptors
from rdds.serving.listening import Listeners, bind, shown
from rdds.serving.preparing import prepare_store, settle_store
from rdds.serving.supervisor import Supervisor, Work
from rdds.settings import Settings
from rdds.settings.warnings import list_warnings
from store.errors import Code, RegistryError

if TYPE_CHECKING:
    from rdds.serving.tls import Certificate
    from rdds.serving.worker import Plan
    from store.policy import RegistryPolicy

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
    check_settings(settings)
    configure_log(settings)
    see_to_descriptors(settings)  # before any fork
    listeners = bind(
        settings.whois.listen,
        settings.rdap.listen,
        workers=workers,
        pages=settings.pages.listen,
        aliases=settings.aliases.listen,
        operations=settings.operations.listen,
    )
    prepare_store(settings, demo=demo)
    stripes = Stripes(workers)
    work = _work(settings, listeners, stripes, demo=demo)
    supervisor = Supervisor(listeners, work, on_death=stripes.note_death)
    try:
        if not supervisor.start():
            raise RegistryError(Code.STORE_UNAVAILABLE, "The workers did not start; see the log.")
        _tell_beside(settings, listeners[-1], demo=demo)
        print(_ready_line(settings, listeners[0]), flush=True)
        supervisor.run(lambda: _renewed(settings, reload, listeners, stripes, demo=demo))
    finally:
        stripes.tell_ending()
        supervisor.stop()
        settle_store(settings)
    return 0


def _renewed(
    before: Settings,
    reload: Callable[[], Settings],
    listeners: tuple[Listeners, ...],
    stripes: Stripes,
    *,
    demo: bool,
) -> Work | None:
    """Read the settings anew; give ``None``, with a line in the log, where they are bad."""
    try:
        read = reload()
        settings = replace(read, database=before.database)
        check_questions_file(settings)
        work = _work(settings, listeners, stripes, demo=demo)
    except RegistryError as error:
        _log.error("the old settings stay in force: %s: %s", error.code, error.message)
        return None
    configure_log(settings)
    see_to_descriptors(settings)
    _warn_of_certificate(settings)
    moved = [
        f"{each}.listen"
        for each in ("whois", "rdap", "pages", "aliases", "operations")
        if getattr(settings, each).listen != getattr(before, each).listen
    ]
    if moved:
        _log.warning(
            "new listening addresses need a restart; the old ones stay: %s", ", ".join(moved)
        )
    if read.database != before.database:
        _log.warning("another database needs a restart; the old one stays")
    return work


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """What a child does under its settings; one that reads its certificate anew equals it."""

    settings: Settings
    serve: Work = field(compare=False)

    def __call__(self, own: Listeners, ready: int, life: int) -> None:
        self.serve(own, ready, life)


def _work(
    settings: Settings, listeners: tuple[Listeners, ...], stripes: Stripes, *, demo: bool
) -> Work:
    """Give what a child does under *settings*; its imports happen in the child.

    The certificate is read here, once: a worker that replaces a dead one must not find
    another, or none.
    """
    tls = tls_of(settings)
    base = _base_url(settings, listeners[0])
    limits = SharedLimits(settings.limits, workers=len(listeners) - 1)

    def policy() -> RegistryPolicy:
        if demo:
            from rdds.demo import demo_policy

            return demo_policy(settings.registry_policy())
        return settings.registry_policy()

    def work(own: Listeners, ready: int, life: int) -> None:
        if own.aside:
            from rdds.serving.side import SidePlan, run_side

            aside = SidePlan(
                settings=settings,
                policy=policy(),
                rdap_url=base,
                pages_prefix=_pages_prefix(settings),
                pages_url=_pages_url(settings, own),
                stripes=stripes,
                limit_counts=limits.counts,
            )
            run_side(aside, own, ready=ready, life=life)
        else:
            from rdds.serving.worker import run_worker

            plan = _worker_plan(
                settings, policy=policy(), base=base, tls=tls, limits=limits, stripes=stripes
            )
            run_worker(plan, own, ready=ready, life=life)

    return _Service(settings=settings, serve=work)


def _worker_plan(
    settings: Settings,
    *,
    policy: RegistryPolicy,
    base: str,
    tls: Certificate | None,
    limits: SharedLimits,
    stripes: Stripes,
) -> Plan:
    from rdap.door import RdapDoor
    from rdap.search.offers import Offers
    from rdds.limits.notice import limit_lines
    from rdds.serving.worker import Plan
    from whois43.door import WhoisDoor

    told = limit_lines(settings.limits)
    return Plan(
        database_url=settings.database.url,
        public_url=settings.database.public_url,
        read_urls=settings.database.read_urls,
        lease=settings.database.lease,
        old_answers=settings.database.old_answers,
        policy=policy,
        cache_bytes=settings.cache.bytes,
        whois=WhoisDoor(
            public_name=settings.whois.public_name,
            patience=settings.whois.patience,
            most_connections=settings.whois.most_connections,
            limits=told,
        ),
        rdap=RdapDoor(
            public_url=base,
            patience=settings.rdap.patience,
            most_connections=settings.rdap.most_connections,
            trusted_proxies=settings.limits.trusted_proxies,
            client_field=settings.rdap.client_field,
            searches=Offers.named(settings.rdap.searches),
            limits=told,
        ),
        tls=tls,
        trusted_proxies=settings.limits.trusted_proxies,
        whois_prefaced=settings.whois.proxy_protocol,
        rdap_prefaced=settings.rdap.proxy_protocol,
        limits=limits,
        log=settings.log,
        stripes=stripes,
    )


def _listening_url(settings: Settings, listeners: Listeners) -> str:
    scheme = "http" if settings.rdap.tls_certificate is None else "https"
    address = shown(listeners.rdap[0]) if listeners.rdap else "localhost"
    return f"{scheme}://{address}/"


def _base_url(settings: Settings, listeners: Listeners) -> str:
    """Give what links begin with: the public URL, by default the listening address."""
    return settings.rdap.public_url or _listening_url(settings, listeners)


def _pages_prefix(settings: Settings) -> str:
    """Give the path that the pages' paths begin with; it ends in a slash."""
    from urllib.parse import urlsplit

    url = settings.pages.public_url
    return urlsplit(url).path if url else "/"


def _pages_url(settings: Settings, listeners: Listeners) -> str | None:
    """Give what the links of messages begin with; ``None`` where no page is served."""
    if settings.pages.public_url is not None:
        return settings.pages.public_url
    return f"http://{shown(listeners.pages[0])}/" if listeners.pages else None


def _tell_beside(settings: Settings, listeners: Listeners, *, demo: bool) -> None:
    """Log what stands beside the doors; the ready line is theirs (interface.md, `serve`)."""
    for each in listeners.pages:
        _log.info("pages at http://%s%s", shown(each), _pages_prefix(settings))
    for each in listeners.aliases:
        _log.info("aliases at %s", shown(each))
    for each in listeners.operations:
        _log.info("operations at http://%s/", shown(each))
    for warning in () if demo else list_warnings(settings):  # the sample is nobody's registry
        _log.warning("%s", warning)
    _warn_of_certificate(settings)


def _warn_of_certificate(settings: Settings) -> None:
    """Log where the certificate isn't good now, or not for long."""
    if settings.rdap.tls_certificate is None:
        return
    pid = os.fork()  # what reads a certificate isn't loaded into the parent
    if pid == 0:
        try:
            for warning in list_certificate_warnings(settings):
                _log.warning("%s", warning)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def _ready_line(settings: Settings, listeners: Listeners) -> str:
    """Spell the line that scripts wait for (interface.md, `serve`)."""
    whois = shown(listeners.whois[0]) if listeners.whois else "off"
    if not listeners.rdap:
        return f"ready whois={whois} rdap=off"
    from urllib.parse import urlsplit

    path = urlsplit(_base_url(settings, listeners)).path
    return f"ready whois={whois} rdap={_listening_url(settings, listeners)[:-1]}{path}"
