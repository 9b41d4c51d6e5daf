"""Who may come in: people with a password, their memberships, and tokens of which only a hash is kept."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from backhaul.project.configuration import BadConfiguration
from backhaul.store.browse import people
from backhaul.store.models import Membership, Merchant


def merchant_of(name: str) -> int:
    """The merchant's id. Raises BadConfiguration for a name that is not configured."""
    found = Merchant.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Merchant.objects.values_list("name", flat=True))
        raise BadConfiguration(f"there is no merchant {name!r}; there are {known}")
    return found.pk


def let_in(name: str, password: str, merchant_id: int, *, may_resolve: bool = True, superuser: bool = False) -> None:
    """Make a person or give an existing one this password, and let them see the merchant's returns."""
    person, _ = get_user_model().objects.get_or_create(username=name)
    person.set_password(password)
    person.is_superuser = person.is_superuser or superuser
    person.save()
    Membership.objects.update_or_create(user=person, merchant_id=merchant_id, defaults={"may_resolve": may_resolve})


def make_token(name: str, merchant_id: int, label: str) -> str:
    """A new API token of a person for a merchant. Raises BadConfiguration where they are no member."""
    membership = Membership.objects.filter(user__username=name, merchant_id=merchant_id).first()
    if membership is None:
        raise BadConfiguration(f"{name} is not let in to this merchant; `backhaul user` does that")
    return people.make_token(membership.pk, label)
