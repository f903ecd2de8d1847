"""The members' addresses. Names beginning with account_ are allauth's, which redirects to them."""

from allauth.account import views as account
from django.urls import path

from portal.views import activity, device, entry, leaving, letters, me, pages, security

urlpatterns = [
    path("", pages.home, name="home"),
    path("card/", pages.card, name="card"),
    path("activity/", activity.activity, name="activity"),
    path("activity/points.csv", activity.table, name="activity_table"),
    path("tiers/", pages.tiers, name="tiers"),
    path("inbox/", letters.inbox, name="inbox"),
    path("inbox/<int:message_id>/", letters.letter, name="letter"),
    path("inbox/read/", letters.read_all, name="read_all"),
    path("me/", me.profile, name="profile"),
    path("me/details/", me.details, name="details"),
    path("me/name/", me.name, name="profile_name"),
    path("me/birthday/", me.birthday, name="profile_birthday"),
    path("me/time-zone/", me.time_zone, name="profile_time_zone"),
    path("me/letters/", me.letters, name="letters"),
    path("me/consents/", me.consents, name="profile_consents"),
    path("me/security/", security.security, name="security"),
    path("me/security/sessions/end/", security.end_other_sessions, name="end_other_sessions"),
    path("me/security/sessions/<int:session_id>/end/", security.end_session, name="end_session"),
    path("me/security/passkeys/add/", security.add_passkey, name="add_passkey"),
    path("me/security/passkeys/<int:passkey_id>/remove/", security.remove_passkey, name="remove_passkey"),
    path("me/data/", leaving.data, name="data"),
    path("me/data/file.json", leaving.data_file, name="data_file"),
    path("me/close/", leaving.close, name="close"),
    path("language/", me.set_language, name="set_language"),
    path("join/", entry.Join.as_view(), name="join"),
    path("sign-in/", entry.SignIn.as_view(), name="account_login"),
    path("sign-in/", entry.SignIn.as_view(), name="account_request_login_code"),
    path("sign-in/code/", account.confirm_login_code, name="account_confirm_login_code"),
    path("sign-in/code/again/", entry.another_code, name="another_code"),
    path("sign-in/passkey/", security.PasskeySignIn.as_view(), name="passkey_sign_in"),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-out/", entry.SignOut.as_view(), name="account_logout"),
    path("about/<slug:name>/", pages.text, name="text"),
    path("theme.css", pages.colours, name="theme"),
    path("manifest.webmanifest", device.manifest, name="manifest"),
    path("brand/logo.png", device.logo, name="logo"),
    path("brand/icon-<int:size>-<slug:purpose>.png", device.icon, name="icon"),
    path("worker.js", device.worker, name="worker"),
    path("offline/", device.offline, name="offline"),
    path("demo/progress/", pages.demo_progress, name="demo_progress"),
]
