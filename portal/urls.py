"""The members' addresses. Names beginning with account_ are allauth's, which redirects to them."""

from allauth.account import views as account
from django.urls import path

from portal.views import entry, pages, profile

urlpatterns = [
    path("", pages.home, name="home"),
    path("card/", pages.card, name="card"),
    path("activity/", pages.activity, name="activity"),
    path("tiers/", pages.tiers, name="tiers"),
    path("me/", profile.profile, name="profile"),
    path("me/name/", profile.name, name="profile_name"),
    path("me/birthday/", profile.birthday, name="profile_birthday"),
    path("me/consents/", profile.consents, name="profile_consents"),
    path("language/", profile.set_language, name="set_language"),
    path("join/", entry.Join.as_view(), name="join"),
    path("sign-in/", entry.SignIn.as_view(), name="account_login"),
    path("sign-in/", entry.SignIn.as_view(), name="account_request_login_code"),
    path("sign-in/code/", account.confirm_login_code, name="account_confirm_login_code"),
    path("sign-in/code/again/", entry.another_code, name="another_code"),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-out/", account.logout, name="account_logout"),
    path("about/<slug:name>/", pages.text, name="text"),
    path("theme.css", pages.tier_colours, name="tier_colours"),
    path("demo/progress/", pages.demo_progress, name="demo_progress"),
]
