"""A real browser: Debian's Chromium, without a window and without the network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

Browse = Callable[..., webdriver.Chrome]

_SWITCHES = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--disable-extensions", "--no-default-browser-check"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def _found(command: str) -> str:
    path = shutil.which(command)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"{command} is not installed in CI")
        pytest.skip(f"{command} is not installed: apt-get install chromium chromium-driver")
    return path


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browse]:
    """Give a function that starts a browser: *width* in CSS pixels, *scripts* on or off."""
    chromium, driver = _found("chromium"), _found("chromedriver")
    started: dict[bool, webdriver.Chrome] = {}
    with ExitStack() as ends:

        def start(*, width: int = 1100, scripts: bool = True) -> webdriver.Chrome:
            if scripts not in started:
                profile = tmp_path_factory.mktemp("profile")
                browser = _start(chromium, driver, profile, scripts=scripts)
                ends.callback(browser.quit)
                started[scripts] = browser
            size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
            started[scripts].execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            return started[scripts]

        yield start


def _start(chromium: str, driver: str, profile: Path, *, scripts: bool) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for switch in (*_SWITCHES, f"--user-data-dir={profile}"):
        options.add_argument(switch)
    if not scripts:
        switched_off = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", switched_off)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    browser.set_page_load_timeout(60)
    return browser
