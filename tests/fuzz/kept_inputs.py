"""The corpus: inputs that reach something, kept beside the targets they were found for."""

from __future__ import annotations

from pathlib import Path

__all__ = ["CORPUS", "WORDS", "kept_inputs"]

CORPUS = Path(__file__).parent / "corpus"
WORDS = Path(__file__).parent / "words.dict"


def kept_inputs(target: str) -> list[Path]:
    """List the inputs kept for *target*, in one order."""
    return sorted((CORPUS / target).iterdir())
