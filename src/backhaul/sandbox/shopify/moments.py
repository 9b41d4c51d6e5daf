"""How Shopify writes a moment, and how its callers do."""

from datetime import UTC, datetime


def iso(moment: datetime | None) -> str | None:
    """A moment as Shopify writes one: whole seconds, UTC, `Z`."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """A moment as a caller writes one; raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
