"""Addresses under /api/."""

from django.urls import path, re_path

from pos.api.views import members, pages, purchases, quotes, rewards, terminal

V1 = "v1/"

urlpatterns = [
    path(f"{V1}ping", terminal.Ping.as_view(), name="ping"),
    path(f"{V1}members", members.Members.as_view(), name="members"),
    path(f"{V1}members/lookup", members.Lookup.as_view(), name="member-lookup"),
    path(f"{V1}members/<str:number>", members.Member.as_view(), name="member"),
    path(f"{V1}members/<str:number>/balance", members.MemberBalance.as_view(), name="member-balance"),
    path(f"{V1}members/<str:number>/postings", members.MemberPostings.as_view(), name="member-postings"),
    path(f"{V1}quotes", quotes.Quotes.as_view(), name="quotes"),
    path(f"{V1}purchases", purchases.Purchases.as_view(), name="purchases"),
    path(f"{V1}purchases/<uuid:uuid>", purchases.Purchase.as_view(), name="purchase"),
    path(f"{V1}purchases/<uuid:uuid>/returns", purchases.Returns.as_view(), name="purchase-returns"),
    path(f"{V1}purchases/<uuid:uuid>/member", purchases.Assignment.as_view(), name="purchase-member"),
    path(f"{V1}rewards", rewards.Rewards.as_view(), name="rewards"),
    path(f"{V1}redemptions", rewards.Redemptions.as_view(), name="redemptions"),
    path(f"{V1}spending-codes", rewards.SpendingCodes.as_view(), name="spending-codes"),
    path(f"{V1}vouchers/<str:code>", rewards.Voucher.as_view(), name="voucher"),
    path(f"{V1}vouchers/<str:code>/use", rewards.Use.as_view(), name="voucher-use"),
    path(f"{V1}vouchers/<str:code>/unuse", rewards.Unuse.as_view(), name="voucher-unuse"),
    path("schema/", pages.Schema.as_view(), name="schema"),
    path("docs/", pages.Docs.as_view(url_name="api:schema"), name="docs"),
    path("problems/", pages.Problems.as_view(), name="problems"),
    re_path(r"", terminal.nothing),
]
