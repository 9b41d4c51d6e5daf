"""The web server's entry: webhooks straight to their application, metrics, and everything else to Django."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backhaul.project.settings")
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402  Django first
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: E402

from backhaul.project.deployment import current  # noqa: E402
from backhaul.web.hooks import Environ, Hooks, StartResponse  # noqa: E402

_django = get_wsgi_application()
_lock = threading.Lock()
_hooks: list[Hooks] = []


def hooks() -> Hooks:
    """The webhook application, made with the first message, in the process that serves it."""
    with _lock:
        if not _hooks:
            _hooks.append(Hooks(current()))
        return _hooks[0]


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """WSGI."""
    path: Any = environ.get("PATH_INFO", "")
    if path.startswith("/hooks/"):
        return (_hooks[0] if _hooks else hooks())(environ, start_response)
    if path == "/healthz":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok\n"]
    if path == "/metrics" and _from_here(environ):
        start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
        return [generate_latest()]
    answer: Iterable[bytes] = _django(environ, start_response)
    return answer


def _from_here(environ: Environ) -> bool:
    """Metrics are for a collector on this machine, not for whoever comes through a proxy."""
    return environ.get("REMOTE_ADDR") in ("127.0.0.1", "::1") and "HTTP_X_FORWARDED_FOR" not in environ
