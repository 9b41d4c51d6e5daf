"""The units a document was made for, written on it for people, and for us after a restore.

A restored deployment may gather the same units into other documents than before, with other keys. What these traces
name is then found by unit, so that no unit gets a second document.
"""

from __future__ import annotations

from collections.abc import Iterable

from backhaul.connectors.tryton.client import Record, Tryton
from backhaul.connectors.tryton.values import reference
from backhaul.sdk.outcomes import Absent, Ambiguous, Done, Found, Task

NOTE = "ir.note"


def trace(units: Iterable[str]) -> str:
    """The text that names these units."""
    return "Units: " + " ".join(f"[{unit}]" for unit in sorted(units))


def named(text: str | None, units: Iterable[str]) -> set[str]:
    """Which of the units a text names."""
    return {unit for unit in units if f"[{unit}]" in (text or "")}


def from_before_a_restore(
    task: Task, model: str, documents: Iterable[Record], units: set[str], complete: Iterable[str]
) -> Found:
    """The document, unknown to a restored deployment, that was made for these units; for some of them: Ambiguous.

    One that carries the key of another effect is that effect's, even if its answer was lost and nobody knows of it yet.
    """
    if not task.recovered:
        return Absent()
    found: list[tuple[str, bool]] = []
    for document in documents:
        name = reference(model, document["id"])
        theirs = named(document["comment"], units)
        if name in task.known or document["reference"] in task.others:
            continue
        if document["state"] == "cancelled" or not theirs:
            continue
        same = document["comment"].count("[") == len(units) == len(theirs) and document["state"] in set(complete)
        found.append((name, same))
    if not found:
        return Absent()
    if len(found) == 1 and found[0][1]:
        return Done(found[0][0], adopted=True)
    return Ambiguous(tuple(name for name, _ in found))


def leave_note(system: Tryton, document: str, text: str) -> None:
    """Leave a note on a document whose model has no field for remarks, once."""
    if not system.search(NOTE, [["resource", "=", document]], ["id"], limit=1):
        system.create(NOTE, {"resource": document, "message": text})


def noted(system: Tryton, model: str, parts: Iterable[str]) -> dict[str, str]:
    """Documents of a model whose note has one of these parts, with the whole note."""
    wanted = sorted(set(parts))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 50):
        likes = [["message", "like", f"%{part.replace('%', '_')}%"] for part in wanted[start : start + 50]]
        for note in system.search(NOTE, [["resource", "like", f"{model},%"], ["OR", *likes]], ["resource", "message"]):
            found[note["resource"]] = note["message"]
    return found
