"""Members at the till: enrol, find, balance, what happened to their points."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from campaigns import referrals
from campaigns.models import Referral
from core import clock
from core.errors import InvalidInput
from members import consent, enrolment, identity, wordings
from members.identity import Found
from points import queries, rules
from points.queries import Balance
from pos.api import answers, bodies, operations, pages
from pos.api.bodies import Enrolment
from pos.api.reading import Errors
from pos.api.views.base import TillView, answer, shown
from pos.api.views.outcome import held_now, standing
from pos.idempotency import Answer


class Members(TillView):
    """POST: enrol somebody, or find them when they are enrolled."""

    @operations.enrol
    def post(self, request: Request) -> HttpResponse:
        body = bodies.enrolment(self.body)
        return self.once(partial(self._enrol, body))

    def _enrol(self, body: Enrolment) -> Answer:
        at, where, programme = clock.now(), self.till.actor, self.till.programme
        by = referrals.invitation(body.referral_code, programme) if body.referral_code else None
        enrolled = enrolment.enrol(via=where, at=at, **body.profile)
        if body.accepts_terms:
            wordings.accept(enrolled.member, source=where, at=at)
        for channel, purpose in body.consents:
            consent.give(enrolled.member, channel, purpose, source=where, at=at)
        status = HTTPStatus.CREATED if enrolled.is_new else HTTPStatus.OK
        told = {**answers.member(enrolled.member), "is_new": enrolled.is_new}
        if by and not enrolled.is_new:
            told["referral"] = "already_member"
        elif by:
            noted = referrals.join(enrolled.member, by, programme, via=where, at=at)
            told["referral"] = "not_counted" if noted.state == Referral.State.REFUSED else "noted"
        return answer(told, status=status)


class MemberView(TillView):
    """An address below one member."""

    def found(self, number: str) -> Found:
        """The member of the card NUMBER. Raises InvalidNumber, UnknownMember, CardReplaced."""
        return self.sought(number=number)

    def sought(self, **identifier: str) -> Found:
        """The member known by one parameter of the address, which a refusal names."""
        try:
            return identity.find(**identifier, country=self.till.programme.country)
        except InvalidInput as refusal:
            (refusal.details["pointer"],) = (f"?{name}" for name in identifier)
            raise

    def named(self, request: Request) -> Found:
        """The member named by one parameter of the address. Raises InvalidBody, and what identity.find raises."""
        errors = Errors()
        given: dict[str, Any] = {name: request.query_params[name] for name in sorted(request.query_params)}
        if len(given) != 1 or not all(given.values()):
            errors.add("", "not_one_identifier")
        errors.raise_any()
        return self.sought(**given)

    def whole(self, found: Found) -> HttpResponse:
        """A member with tier and balance."""
        at = clock.now()
        held = held_now(found.member_id, at)
        return shown(
            {
                **answers.member(found),
                **standing(self.till, held),
                "balance": answers.balance(queries.balance(found.member_id, at)),
            }
        )


class Lookup(MemberView):
    """GET: the member known by number, phone, e-mail or external id."""

    known_parameters = bodies.IDENTIFIERS

    @operations.lookup
    def get(self, request: Request) -> HttpResponse:
        return self.whole(self.named(request))


class Member(MemberView):
    """GET: a member by their number."""

    @operations.member
    def get(self, request: Request, number: str) -> HttpResponse:
        return self.whole(self.found(number))


class MemberBalance(MemberView):
    """GET: points by type, when pending ones become usable, and when which expire."""

    @operations.balance
    def get(self, request: Request, number: str) -> HttpResponse:
        found, at = self.found(number), clock.now()
        balances = queries.balances(found.member_id, at)
        types = rules.rulebook(self.till.programme).point_types
        return shown(
            {
                "number": found.number,
                "balances": [
                    {
                        "point_type": types[pk].code,
                        **answers.balance(balances.get(pk, Balance())),
                        "maturing": answers.due(queries.maturing(found.member_id, at, point_type_id=pk)),
                        "expiring": answers.due(queries.expiring(found.member_id, at, point_type_id=pk)),
                    }
                    for pk in sorted(types)
                ],
            }
        )


class MemberPostings(MemberView):
    """GET: what happened to a member's points, latest first, in pages."""

    known_parameters = pages.PARAMETERS

    @operations.postings
    def get(self, request: Request, number: str) -> HttpResponse:
        wanted = pages.asked(request, parts=1)
        before = wanted.after[0] if wanted.after else None
        entries = queries.history(self.found(number).member_id, before_number=before, limit=wanted.limit + 1)
        return shown(pages.page(entries, wanted, place=lambda e: [e.number], show=answers.entry))
