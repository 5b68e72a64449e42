"""Asking a running server over sockets: the exchanges that checks look at."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from tests.conformance.exchanges import Exchange, Twins, WhoisExchange
from tests.end_to_end.programs import SECONDS, Serving

__all__ = ["Asker"]

# The zone of the sample that doesn't follow ICANN's profile.
OTHER_ZONE = "co.example"


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks both doors of one server."""

    serving: Serving

    @property
    def base(self) -> str:
        """Give the base URL of the RDAP door."""
        return self.serving.rdap

    def rdap(
        self, target: str, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Exchange:
        """Ask for *target* below the base, as it stands."""
        parts = urlsplit(self.base)
        connection = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
        try:
            connection.request(method, f"{parts.path}{target}", headers=dict(headers or {}))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            exchange = Exchange(
                method=method,
                url=f"{self.base}{target}",
                base=self.base,
                status=response.status,
                headers=found,
                body=response.read(),
            )
        finally:
            connection.close()
        return replace(exchange, gtld=self._is_gtld(exchange))

    def _is_gtld(self, exchange: Exchange) -> bool:
        """Tell whether an answer is of the zone that follows ICANN's profile, or of none."""
        document = exchange.document
        name = document.get("ldhName", "") if isinstance(document, dict) else ""
        return not name.endswith(f".{OTHER_ZONE}")

    def twins(self, target: str, method: str = "HEAD") -> Twins:
        """Ask with GET and with another method."""
        return Twins(get=self.rdap(target), other=self.rdap(target, method))

    def whois(self, question: bytes, *, half_closed: bool = False) -> WhoisExchange:
        """Send bytes to port 43 and read to the end."""
        host, _, port = self.serving.whois.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=SECONDS) as connection:
            connection.sendall(question)
            if half_closed:
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        exchange = WhoisExchange(question=question, answer=answer)
        name = (exchange.value("Domain Name") or "").lower()
        return replace(exchange, gtld=not name.endswith(f".{OTHER_ZONE}"))
