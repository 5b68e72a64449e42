"""A claimed message put into words: the letter that a transport takes."""

from __future__ import annotations

from collections.abc import Iterable

from notices.bodies import Block, list_blocks
from notices.catalogue import read_texts
from notices.letter import Letter
from notices.parts import names_of
from notices.pen import Pen, clean
from store.outgoing import Outgoing
from store.registrant_changes import Channel

__all__ = ["letter_of"]


def letter_of(outgoing: Outgoing, link: str | None) -> Letter:
    """Put *outgoing* into words; *link* leads to the page on which the party decides.

    Raises:
        ValueError: the message lacks what its kind speaks of.
    """
    queued = outgoing.queued
    message = queued.message
    if message.address is None:
        raise ValueError("a letter needs an address")
    pen = Pen(read_texts(outgoing.language))
    names, count = names_of(message.values)
    few = pen.few_names(names, count)
    subject = pen.say(f"{message.kind.value}.subject", names=few, count=count)
    if message.channel is Channel.SMS:
        text = _sms(outgoing, pen, few, link)
    else:
        text = _spelled(list_blocks(outgoing, pen, link))
    return Letter(
        reference=f"{queued.id}.{queued.created:%Y%m%d%H%M%S}",
        address=message.address,
        subject=clean(subject),
        text=text,
        language=outgoing.language,
        at=outgoing.claimed,
    )


def _spelled(blocks: Iterable[Block]) -> str:
    """Set *blocks* apart by an empty line each."""
    return "\n\n".join("\n".join([block] if isinstance(block, str) else block) for block in blocks)


def _sms(outgoing: Outgoing, pen: Pen, few: str, link: str | None) -> str:
    message, change = outgoing.queued.message, outgoing.change
    text = pen.say(
        f"{message.kind.value}.sms",
        names=few,
        count=names_of(message.values)[1],
        deadline=pen.moment(change.deadline) if change else "",
        number=pen.value(message.values.get("new")),
    )
    return text if link is None else f"{text}\n{link}"
