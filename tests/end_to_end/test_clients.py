"""Clients that people already have understand both doors."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asyncwhois.parse_tld import DomainParser
from asyncwhois.query import DomainQuery
from whoisit.bootstrap import Bootstrap
from whoisit.parser import parse as parse_rdap
from whoisit.query import Query
from whoisit.utils import create_session

from tests.end_to_end.programs import Program, Serving

EXPIRES = datetime(2027, 3, 4, 9, 15, tzinfo=UTC)
NAME = "shop.example"


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Give one server with the sample for all clients."""
    folder: Path = tmp_path_factory.mktemp("clients")
    program = Program(folder, f"sqlite:///{folder / 'rdds.sqlite3'}")
    with program.serve("--demo") as running:
        yield running


@pytest.mark.skipif(shutil.which("whois") is None, reason="Debian's whois is not installed")
@pytest.mark.parametrize("options", [(), ("-H",), ("--verbose",)])
def test_debian_whois_prints_the_record(serving: Serving, options: tuple[str, ...]) -> None:
    """The common command-line client shows our text, whatever flags it sends along."""
    host, _, port = serving.whois.rpartition(":")
    done = subprocess.run(
        ["whois", *options, "-h", host, "-p", port, NAME],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0
    assert "Domain Name: SHOP.EXAMPLE\n" in done.stdout
    assert "Registrant Name: Aroha Ngata\n" in done.stdout


def _parsed_whois(serving: Serving, name: str) -> Any:
    host, _, port = serving.whois.rpartition(":")
    query = DomainQuery(server=host, find_authoritative_server=False)
    query.whois_port = int(port)
    (text,) = query.run(name, server=host)
    return DomainParser(ignore_not_found=True).parse(text, "example")


def test_asyncwhois_reads_the_fields_from_port_43(serving: Serving) -> None:
    """A parser that was written for other registries finds every field in ours."""
    record = _parsed_whois(serving, NAME)
    assert record["domain_name"].lower() == NAME
    assert record["registrar"] == "Kauri Domains Limited"
    assert record["registrant_name"] == "Aroha Ngata"
    assert record["registrant_country"] == "NZ"
    assert record["tech_email"] == "noc@example.net"
    assert record["expires"].replace(tzinfo=UTC) == EXPIRES
    assert sorted(host.lower() for host in record["name_servers"]) == [
        "ns1.nic.example",
        "ns2.nic.example",
    ]


def test_whoisit_reads_the_fields_from_rdap(serving: Serving) -> None:
    """An RDAP client library finds the same facts in the document."""
    with create_session() as session:
        document = Query(session, "GET", f"{serving.rdap}domain/{NAME}").request()
    record = parse_rdap(Bootstrap(), "domain", NAME, document)
    assert record["name"] == NAME
    assert record["expiration_date"] == EXPIRES
    assert record["entities"]["registrant"][0]["email"] == "aroha@example.net"
    assert record["entities"]["technical"][0]["email"] == "noc@example.net"
    assert record["entities"]["registrar"][0]["name"] == "Kauri Domains Limited"
    assert sorted(host.lower() for host in record["nameservers"]) == [
        "ns1.nic.example",
        "ns2.nic.example",
    ]
