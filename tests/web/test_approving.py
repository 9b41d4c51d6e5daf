"""A person has a unit paid for, on the return's page and over the API; without the policy's word there is no button."""

from __future__ import annotations

import json

from django.contrib.auth.models import User
from django.test import Client

from tests.support.mailed import SEEN, Mailed, Scene


def browser(scene: Scene, name: str = "jo", *, may_resolve: bool = True) -> Client:
    scene.shop.person(name, may_resolve=may_resolve)
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_person_has_a_unit_paid_for_on_its_page(db: object) -> None:
    with Mailed("person", SEEN) as scene:
        address = f"/m/acme/returns/{scene.back()}/"
        client = browser(scene)
        page = client.get(address).content.decode()
        assert "Decide whether it is paid for" in page
        assert "It was sold for" in page
        assert "54.00 USD" in page
        form = {"unit": scene.unit, "approved": "", "reason": "it looks new"}
        said = client.post(f"{address}approval/", form, follow=True).content.decode()
        assert "Say whether the unit is paid for" in said
        said = client.post(f"{address}approval/", form | {"approved": "yes"}, follow=True).content.decode()
        assert "is told to pay for" in said
        assert "jo approved the refund of" in said
        assert "Decide whether it is paid for" not in said
        scene.send()
        assert scene.payouts == 1


def test_who_may_only_look_has_nothing_paid(db: object) -> None:
    with Mailed("person", SEEN) as scene:
        address = f"/m/acme/returns/{scene.back()}/"
        client = browser(scene, "sam", may_resolve=False)
        assert "Decide whether it is paid for" not in client.get(address).content.decode()
        form = {"unit": scene.unit, "approved": "yes", "reason": "it looks new"}
        assert client.post(f"{address}approval/", form).status_code == 403
        scene.send()
        assert scene.payouts == 0


def test_a_program_has_a_unit_paid_for_or_held_back(db: object) -> None:
    with Mailed("sellable", SEEN) as scene:
        address = f"/api/v1/returns/{scene.back()}/approval"
        bearer = {"host": "localhost", "authorization": f"Bearer {scene.shop.person('bot')}"}
        body = {"unit": scene.unit, "approved": False, "reason": "a claim is open"}
        said = Client(headers=bearer).post(address, json.dumps(body), content_type="application/json").json()
        assert said["done"]
        scene.send()
        assert scene.payouts == 0


def test_without_the_policys_word_there_is_no_button(db: object) -> None:
    with Mailed("never", SEEN) as scene:
        assert (
            "Decide whether it is paid for"
            not in browser(scene).get(f"/m/acme/returns/{scene.back()}/").content.decode()
        )
