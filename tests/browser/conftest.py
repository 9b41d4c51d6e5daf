"""A real browser in front of the console: Debian's Chromium, headless, at a desk or on a phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from tests.support.shop import PASSWORD
from tests.support.site import site
from tests.support.town import Played

DESK, PHONE = 1280, 390


@dataclass(slots=True)
class Screen:
    """A page that keeps a list of everything a visitor's console would complain of."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Response:
        answer = self.page.goto(self.address + path)
        assert answer is not None
        return answer

    def watch(self) -> None:
        self.page.on("console", lambda said: self._note(said.type in ("error", "warning"), said.text))
        self.page.on("pageerror", lambda error: self._note(True, str(error)))  # noqa: FBT003  it is one
        self.page.on("response", lambda answer: self._note(answer.status >= 400, f"{answer.status} {answer.url}"))

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def sign_in(self) -> None:
        self.open("/accounts/login/")
        self.page.get_by_label("Login").fill("finance")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/m/acme/")

    def _note(self, bad: bool, text: str) -> None:
        if bad:
            self.complaints.append(text)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Of one module: while it is there this thread has an event loop, and nobody else could run one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path is not None, "install Debian's chromium; `make test` does it"
    # As root there is no sandbox; the pages are our own.
    without = ["--no-sandbox"] if os.geteuid() == 0 else []
    # Playwright keeps an event loop in this thread and Django would refuse its database there; nothing here awaits.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=without)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def console(played: Played) -> Iterator[str]:
    """The console's address."""
    with site() as address:
        yield address


def _context(chromium: Browser, width: int, *, scripts: bool = True) -> BrowserContext:
    return chromium.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts, timezone_id="Asia/Tokyo"
    )


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def screen(request: pytest.FixtureRequest, chromium: Browser, console: str) -> Iterator[Screen]:
    """A signed-in screen of either width."""
    context = _context(chromium, request.param)
    screen = Screen(context.new_page(), console)
    screen.watch()
    screen.sign_in()
    yield screen
    context.close()


@pytest.fixture
def desk(chromium: Browser, console: str) -> Iterator[Screen]:
    """A signed-in screen at a desk."""
    context = _context(chromium, DESK)
    screen = Screen(context.new_page(), console)
    screen.watch()
    screen.sign_in()
    yield screen
    context.close()


@pytest.fixture
def plain(chromium: Browser, console: str) -> Iterator[Screen]:
    """A signed-in screen whose browser runs no scripts."""
    context = _context(chromium, DESK, scripts=False)
    screen = Screen(context.new_page(), console)
    screen.watch()
    screen.sign_in()
    yield screen
    context.close()
