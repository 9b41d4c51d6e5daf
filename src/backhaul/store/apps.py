"""The store as a Django application: the only place with models, migrations and SQL."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "backhaul.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
