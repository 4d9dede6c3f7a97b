"""Labels and finds made by hand, for evaluations whose figures can be counted on fingers."""

from __future__ import annotations

from dipwatch.review.evaluation.labels import Found, Label, LabelledShift

SHIFT = LabelledShift("russia", "territory", "harder")


def label(name: str, thread: str = "", *, dev: str = "yes", **values: object) -> Label:
    day = 1 + sum(map(ord, name)) % 27
    slots: dict[str, object] = {"title": f"title of {name}", "language": "en"}
    if dev == "yes":
        slots |= {"kind": "meeting", "status": "happened", "actors": frozenset({"russia"}), "thread": thread or name}
    return Label(name, f"2026-05-{day:02d}T10:00:00+00:00", dev, **(slots | values))  # type: ignore[arg-type] # fields by name


def found(item: str, development: str = "", *, alert: bool = True, change: str = "new", **values: object) -> Found:
    slots: dict[str, object] = {
        "kind": "meeting",
        "status": "happened",
        "actors": frozenset({"russia"}),
        "venue": "",
        "shift": None,
        "title": f"title of {item}",
    }
    at = "2026-05-04T10:00:00+00:00"
    return Found(item, at, development or f"d-{item}", change, alert, **(slots | values))  # type: ignore[arg-type] # fields by name
