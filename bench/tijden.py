"""What the portal says of its own requests, in its log."""

import json

from pip_portal import demo


def log_size(prepared: demo.Demo) -> int:
    return (prepared.folder / "pip_portal.log").stat().st_size


def own_time(prepared: demo.Demo, since: int) -> tuple[float, float]:
    """Medians of (waiting for the backoffice, the portal itself), in milliseconds, from the portal's log."""
    with (prepared.folder / "pip_portal.log").open("rb") as file:
        file.seek(since)
        lines = [json.loads(line) for line in file if line.startswith(b"{")]
    requests = [line for line in lines if line.get("tekst") == "verzoek"]
    waiting = sorted(line["backoffice_ms"] for line in requests)
    own = sorted(line["ms"] - line["backoffice_ms"] for line in requests)
    return waiting[len(waiting) // 2], own[len(own) // 2]
