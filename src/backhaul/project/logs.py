"""Logs: JSON lines where a machine reads them, plain ones on a terminal; never a header, never a body."""

from __future__ import annotations

import logging
import os
import sys

import structlog


def set_up_logs(level: str | None = None) -> None:
    """Configure structlog and the standard library's logging once for a program."""
    chosen = getattr(logging, (level or os.environ.get("BACKHAUL_LOG_LEVEL", "INFO")).upper())
    on_terminal = sys.stderr.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if on_terminal
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*(shared if not on_terminal else shared[:-1]), renderer],
        wrapper_class=structlog.make_filtering_bound_logger(chosen),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        stream=sys.stderr, level=max(chosen, logging.WARNING), format="%(levelname)s %(name)s %(message)s"
    )
    for noisy in ("procrastinate", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
