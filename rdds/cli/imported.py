"""What an import did, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdds.cli.failures import one_line
from rdds.cli.output import write_line

if TYPE_CHECKING:
    from store.deposit.importing import ImportSummary, Progress

__all__ = ["print_summary", "progress_line", "summary_object"]


def summary_object(file: str, summary: ImportSummary, *, dry_run: bool) -> dict[str, object]:
    """Give *summary* as JSON values."""
    from store.records_json import rfc3339

    return {
        "file": file,
        "dry_run": dry_run,
        "type": summary.type,
        "id": summary.id,
        "watermark": rfc3339(summary.watermark),
        "zones": list(summary.zones),
        "objects": dict(summary.objects),
        "domains": summary.domains,
        "removed": summary.removed,
        "remarks": [
            {
                "kind": remark.kind,
                "count": remark.count,
                "examples": [
                    {"line": each.line, "object": each.subject, "message": each.sentence}
                    for each in remark.examples
                ],
            }
            for remark in summary.remarks
        ],
        "octets": summary.octets,
        "seconds": round(summary.seconds, 3),
        "domains_per_second": _rate(summary.objects, summary.seconds),
    }


def print_summary(file: str, summary: ImportSummary, *, dry_run: bool) -> None:
    """Print what was loaded, what is worth knowing about it, and how fast it went."""
    zones = ", ".join(summary.zones) or "no zone"
    said = "would be loaded" if dry_run else "loaded"
    write_line(one_line(f"{said}: {file}, {summary.type} deposit {summary.id} of {zones}"))
    for kind, count in summary.objects.items():
        if count and kind != "header":
            write_line(f"  {count:>11,}  {one_line(kind)}")
    removed = f", {summary.removed:,} removed" if summary.removed else ""
    write_line(f"  {summary.domains:,} names there now{removed}")
    for remark in summary.remarks:
        write_line(one_line(f"remark: {remark.kind}, {remark.count:,}"))
        for each in remark.examples:
            where = f"line {each.line}, " if each.line is not None else ""
            write_line("  " + one_line(f"{where}{each.subject}: {each.sentence}"))
    rate = _rate(summary.objects, summary.seconds)
    write_line(f"  {summary.seconds:.1f} s, {rate:,} names a second")


def progress_line(progress: Progress, total: int) -> str:
    """Give how far an import is; *total* is the file's size in octets, 0 if not known."""
    share = f"{min(99, 100 * progress.octets // total)} %, " if total else ""
    names = progress.objects.get("domain", 0)
    objects = sum(progress.objects.values())
    rate = _rate(progress.objects, progress.seconds)
    return f"{share}{objects:,} objects, {names:,} names, {rate:,} names a second"


def _rate(objects: dict[str, int], seconds: float) -> int:
    return round(objects.get("domain", 0) / max(seconds, 0.001))
