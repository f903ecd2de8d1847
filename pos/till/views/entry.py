"""Coming in: where to sit down, and the sale to go on with."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pos import terminals
from pos.till import drafts
from pos.till.forms import TerminalForm
from pos.till.views.guard import Seat, staff_only, till_page

MAKE_TERMINALS = "sales.add_terminal"


@staff_only
def choose(request: HttpRequest) -> HttpResponse:
    """The terminals of the till page, to choose one: for this session, until another one is chosen."""
    found = terminals.pages()
    form = TerminalForm(request.POST or None, terminals=found)
    if request.method == "POST" and form.is_valid():
        drafts.sit_down(request.session, form.cleaned_data["terminal"])
        return HttpResponseRedirect(reverse("till:start"))
    context = {
        "terminals": found,
        "form": form,
        "chosen": drafts.terminal(request.session),
        "may_make": request.user.has_perm(MAKE_TERMINALS),
    }
    return render(request, "till/terminal.html", context)


@till_page()
def start(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The sale that was worked on last, or a new one."""
    found = drafts.opened(request.session)
    return HttpResponseRedirect(reverse("till:sale", args=[found[0].token if found else drafts.new_token()]))


@till_page()
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new sale; those that are open stay open."""
    return HttpResponseRedirect(reverse("till:sale", args=[drafts.new_token()]))
