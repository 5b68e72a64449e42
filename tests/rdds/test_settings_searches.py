"""The settings that switch searches, from a file or a variable to the door."""

from __future__ import annotations

from pathlib import Path

import pytest

from rdap.search.offers import Offers, SearchPath
from rdds.settings import Settings, load_settings
from store.errors import RegistryError
from store.queries import Sought


def _from_toml(text: str, folder: Path) -> Settings:
    file = folder / "given.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, {})


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_searches_are_exact_where_nothing_is_said() -> None:
    """Without the key exact values alone are answered."""
    offers = Offers.named(load_settings(None, {}).rdap.searches)
    assert offers == Offers()
    assert [path.value for path in offers.paths] == ["domains", "nameservers", "entities"]
    assert not offers.patterns


def test_all_is_every_path(tmp_path: Path) -> None:
    """The word all stands for every path there is."""
    settings = _from_toml('[rdap]\nsearches = "all"', tmp_path)
    assert Offers.named(settings.rdap.searches).paths == tuple(SearchPath)


def test_an_empty_list_is_none(tmp_path: Path) -> None:
    """An empty list, in a file or in a variable, switches all searches off."""
    settings = _from_toml("[rdap]\nsearches = []", tmp_path)
    assert Offers.named(settings.rdap.searches).paths == ()
    variables = {"RDDS_RDAP_SEARCHES": ""}
    assert Offers.named(load_settings(None, variables).rdap.searches).paths == ()


def test_a_variable_is_cut_at_commas() -> None:
    """Paths in a variable are comma-separated."""
    variables = {"RDDS_RDAP_SEARCHES": "domains, domains/reverse_search/entity"}
    offers = Offers.named(load_settings(None, variables).rdap.searches)
    assert offers.paths == (SearchPath.DOMAINS, SearchPath.DOMAINS_BY_ENTITY)


@pytest.mark.parametrize("word", ["/domains/", "domains"])
def test_a_path_may_stand_between_slashes(word: str, tmp_path: Path) -> None:
    """People write paths as they see them in a URL."""
    settings = _from_toml(f'[rdap]\nsearches = ["{word}", "{word}/reverse_search"]', tmp_path)
    offers = Offers.named(settings.rdap.searches)
    assert offers.paths == (SearchPath.DOMAINS, SearchPath.DOMAINS_BY_ENTITY)


@pytest.mark.parametrize("word", ["ip", "entities/reverse_search/entity", "Domains", ""])
def test_an_unknown_path_is_refused(word: str, tmp_path: Path) -> None:
    """What can't be searched can't be switched on."""
    with pytest.raises(RegistryError) as refused:
        _from_toml(f'[rdap]\nsearches = ["{word}"]', tmp_path)
    assert refused.value.field == "rdap.searches"
    assert f"names `{word}`, which is none of all, domains, " in refused.value.message


def test_a_zone_says_which_searches_find_its_objects(tmp_path: Path) -> None:
    """A zone is found by all classes of search unless it names some."""
    text = '[zones.example]\nsearches = ["domains"]\n[zones."co.example"]\nprofile = "irs"'
    zones = _from_toml(text, tmp_path).registry_policy().zones
    assert zones["example"].searches == {Sought.DOMAINS}
    assert zones["co.example"].searches == frozenset(Sought)
    none = _from_toml("[zones.example]\nsearches = []", tmp_path).registry_policy().zones
    assert none["example"].searches == frozenset()


def test_a_zone_knows_no_other_class(tmp_path: Path) -> None:
    """An unknown class is refused with the nearest known one."""
    with pytest.raises(RegistryError, match="did you mean domains"):
        _from_toml('[zones.example]\nsearches = ["domain"]', tmp_path)
