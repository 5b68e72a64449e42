"""Whether settings can be served with, beyond what each says by itself."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator

from rdds.serving.tls import Certificate, untimely
from rdds.settings import Settings
from store.errors import Code, RegistryError
from store.instants import now

__all__ = ["check_questions_file", "check_settings", "list_certificate_warnings", "tls_of"]


def check_settings(settings: Settings) -> None:
    """See that a server would start with *settings*; nothing is said of the store.

    Raises:
        RegistryError: ``SETTINGS``.
    """
    _check_addresses(settings)
    check_questions_file(settings)
    tls_of(settings)


def _check_addresses(settings: Settings) -> None:
    """See that a door is open, and that no address is asked of two servers.

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
    taken = {*whois, *rdap}
    for section in ("pages", "aliases", "operations"):
        for endpoint in getattr(settings, section).listen:
            if endpoint.port and endpoint in taken:
                raise RegistryError(
                    Code.SETTINGS,
                    f"{section}.listen names {endpoint}, where another server listens.",
                    field=f"{section}.listen",
                )
            taken.add(endpoint)


def check_questions_file(settings: Settings) -> None:
    """See that the log of questions can be written.

    Raises:
        RegistryError: ``SETTINGS``.
    """
    name = settings.log.questions_file
    if settings.log.questions != "off" and name and not os.access(name.parent, os.W_OK | os.X_OK):
        raise RegistryError(
            Code.SETTINGS,
            f"log.questions_file: {name.parent.absolute()} is no folder that can be written to.",
            field="log.questions_file",
        )


def list_certificate_warnings(settings: Settings) -> Iterator[str]:
    """Say where the certificate isn't good now, or not for long."""
    if settings.rdap.tls_certificate is not None:
        warning = untimely(settings.rdap.tls_certificate, now())
        if warning is not None:
            yield warning


def tls_of(settings: Settings) -> Certificate | None:
    """Read certificate and key; ``None`` where the settings name none.

    Raises:
        RegistryError: ``SETTINGS`` naming the key.
    """
    if settings.rdap.tls_certificate is None:
        return None
    certificate, key = settings.rdap.tls_certificate, settings.rdap.tls_key
    try:
        return Certificate(str(certificate), str(key))
    except ssl.SSLError as error:
        reason, field = error.reason or "", "rdap.tls_certificate"
        sentence = f"{certificate} and {key} are no certificate and key in PEM."
        if "MISMATCH" in reason:
            sentence, field = f"{key} is not the key of {certificate}.", "rdap.tls_key"
        elif "TOO_SMALL" in reason or "TOO_WEAK" in reason:
            sentence = f"{certificate} is too weak: its key or its signature."
        raise RegistryError(Code.SETTINGS, sentence, field=field) from error
    except ValueError as error:
        raise RegistryError(
            Code.SETTINGS, f"{key} is locked by a passphrase.", field="rdap.tls_key"
        ) from error
    except OSError as error:
        # The error doesn't say which.
        name, file = "tls_certificate", certificate
        if os.access(certificate, os.R_OK) and key is not None:
            name, file = "tls_key", key
        raise RegistryError(
            Code.SETTINGS,
            f"rdap.{name}: {file} can't be read: {error.strerror}.",
            field=f"rdap.{name}",
        ) from error
