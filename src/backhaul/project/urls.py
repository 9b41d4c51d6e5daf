"""Addresses: accounts, the REST API and the console; webhooks do not come through Django, see web/wsgi.py."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("backhaul.web.urls")),
]
