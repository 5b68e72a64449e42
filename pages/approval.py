"""The approval pages: a party to a registrant change reads what is asked, and answers.

The link is the permission: its token can't be guessed, stands in one message to one party
and nowhere else, so a form that a stranger could forge would need it too. Reading changes
nothing, for mail scanners open links (R-13, E-28); only a posted form does.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from pages.approval_drawing import comparisons, left_text, name_lines, outcome
from pages.decision import Decision, Slip, Slipped, read_decision, read_form
from pages.desk import ApprovalDesk
from pages.guesses import Address, Guesses
from pages.problems import ProblemError
from pages.templating import Templates
from pages.text import clean
from store.approvals import MOST_LISTED, Approval
from store.errors import Code, RegistryError, StoreUnavailableError
from store.registrant_changes import ChangeParty

__all__ = ["CHANGES", "ApprovalPage", "ClientOf", "Visitors"]

CHANGES = "change/"  # below the prefix; a token follows

ClientOf = Callable[[web.Request], Address | None]

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_NAME = re.compile(r"[a-z0-9.-]{0,253}", re.ASCII)
_FOREIGN = frozenset({"cross-site", "same-site"})  # Fetch Metadata: another site's page

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """Who asks, as far as guessing goes. ``client`` gives ``None`` for who has no limit."""

    client: ClientOf
    guesses: Guesses = field(default_factory=Guesses)


class ApprovalPage:
    """Answers the routes below ``change/`` in one language."""

    def __init__(self, desk: ApprovalDesk, visitors: Visitors, templates: Templates) -> None:
        self._desk = desk
        self._visitors = visitors
        self._templates = templates
        self._pen = templates.pen

    async def show(self, request: web.Request) -> web.Response:
        """Show what is asked, with the form; nothing changes (R-13)."""
        token, approval = await self._found(request)
        if not approval.is_asked:
            return self._outcome(410, token, approval)
        return self._form(token, approval)

    async def names(self, request: web.Request) -> web.Response:
        """Show a page of the names that the change is about."""
        after = request.query.get("after", "")
        token, approval = await self._found(request)
        if not approval.is_asked:
            return self._outcome(410, token, approval)
        page = await self._desk.list_names(token, after if _NAME.fullmatch(after) else "")
        if page is None:  # it ended this moment
            return _see_other(self._path(token))
        following = self._path(token, "/names", f"after={page.names[-1]}") if page.more else None
        return self._templates.answer(
            200,
            "names.html",
            here=self._path(token, "/names"),
            approval=approval,
            registrar=clean(approval.registrar),
            names=name_lines(page.names),
            back=self._path(token),
            following=following,
        )

    async def answer(self, request: web.Request) -> web.Response:
        """Record the party's answer, then lead to what came of it."""
        if request.headers.get("Sec-Fetch-Site", "") in _FOREIGN:
            raise ProblemError(403)
        form = await read_form(request)
        token, approval = await self._found(request)
        if not approval.is_asked:
            return self._outcome(410, token, approval)
        decision = read_decision(form, approval.party)
        if isinstance(decision, Slipped):
            return self._form(token, approval, decision)
        return await self._answered(token, approval.party, decision)

    async def done(self, request: web.Request) -> web.Response:
        """Show what came of this party's answer; it may be read again and again."""
        token, approval = await self._found(request)
        if approval.is_asked:
            return _see_other(self._path(token))
        return self._outcome(200 if approval.has_answered else 410, token, approval)

    async def _found(self, request: web.Request) -> tuple[str, Approval]:
        """Give the token and what it leads to.

        Raises:
            ProblemError: 404, and 429 for a client that tried many unknown tokens (E-29).
        """
        client = self._visitors.client(request)
        wait = self._visitors.guesses.wait(client)
        if wait:
            raise ProblemError(429, {"Retry-After": str(wait)})
        token = request.match_info["token"]
        approval = await self._desk.find(token) if _TOKEN.fullmatch(token) else None
        if approval is None:
            self._visitors.guesses.count(client)
            raise ProblemError(404)
        return token, approval

    async def _answered(self, token: str, party: ChangeParty, decision: Decision) -> web.Response:
        try:
            await self._desk.answer(
                token,
                party,
                decision.answer,
                data_correct=decision.data_correct,
                waive_lock=decision.waive_lock,
            )
        except StoreUnavailableError:
            raise
        except RegistryError as error:
            return await self._refused(token, decision, error)
        return _see_other(self._path(token, "/done"))

    async def _refused(self, token: str, decision: Decision, error: RegistryError) -> web.Response:
        """Show how things stand after a refusal: somebody was faster, or a rule is in the way."""
        approval = await self._desk.find(token)
        if approval is None:
            raise ProblemError(404)
        if not approval.is_asked:
            return self._outcome(410, token, approval)
        if error.code is Code.CLOSED:
            raise error  # the store contradicts itself
        _log.warning("an answer was refused: %s", error.code)
        slip = Slip.TICK if error.field == "data_correct" else Slip.OBSTACLE
        ticks = {"waive_lock": decision.waive_lock, "data_correct": decision.data_correct}
        return self._form(token, approval, Slipped(slip=slip, **ticks))

    def _form(self, token: str, approval: Approval, slipped: Slipped | None = None) -> web.Response:
        left = approval.deadline - approval.now
        return self._templates.answer(
            200 if slipped is None else slipped.slip.status,
            f"approval_{approval.party.value}.html",
            here=self._path(token),
            approval=approval,
            registrar=clean(approval.registrar),
            asked=self._pen.moment(approval.created),
            deadline=self._pen.moment(approval.deadline),
            left=left_text(left, self._pen),
            names=name_lines(approval.names),
            most=MOST_LISTED,
            all_names=self._path(token, "/names"),
            values=comparisons(approval, self._pen),
            lock_days=approval.lock.days if approval.party is ChangeParty.PRIOR else 0,
            action=self._path(token),
            slipped=slipped,
            slip=None if slipped is None else slipped.slip.value,
        )

    def _outcome(self, status: int, token: str, approval: Approval) -> web.Response:
        return self._templates.answer(
            status,
            "outcome.html",
            here=self._path(token),
            approval=approval,
            registrar=clean(approval.registrar),
            outcome=outcome(approval, self._pen),
            used=status == 410,
        )

    def _path(self, token: str, below: str = "", *pieces: str) -> str:
        return self._pen.path(f"{CHANGES}{token}{below}", *pieces)


def _see_other(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})
