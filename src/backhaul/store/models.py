"""The tables, and what the database itself guards.

Rows that are evidence (messages, facts, entries, attempts) are append-only; triggers keep it so. Every index is named
and has a query that needs it: an index of Django's own choosing is another write for each row of a busy table.

Rows that are written with every message name others that are never deleted nor renamed, which triggers keep; so they
have no foreign keys beside that: each is a query more per row, and locks the merchant for everybody (decision 0011).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from backhaul.store import mapping_models, policy_models, product_models, replay_models  # noqa: F401  Django's tables


class Deployment(models.Model):
    """One row. ``epoch`` grows with every restore: effects born in an older one are looked for before they are done."""

    epoch = models.IntegerField(default=1)
    restored_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "deployments"


class Merchant(models.Model):
    name = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    timezone = models.CharField(max_length=64, default="UTC")

    class Meta:
        db_table = "merchants"

    def __str__(self) -> str:
        return self.title


class Membership(models.Model):
    """Whose returns a person may see; without one, none."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE)
    may_resolve = models.BooleanField(default=True)

    class Meta:
        db_table = "memberships"
        constraints = [models.UniqueConstraint(fields=["user", "merchant"], name="membership_once")]


class ApiToken(models.Model):
    """A token of the REST API; only its hash is kept."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_tokens"


class PolicyVersion(models.Model):
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    version = models.CharField(max_length=64)
    body = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "policy_versions"
        constraints = [models.UniqueConstraint(fields=["merchant", "version"], name="policy_version_once")]


class Connection(models.Model):
    """A configured instance of a connector. Lease, pause and counters live here, its settings in the configuration."""

    name = models.SlugField(unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    connector = models.CharField(max_length=64)
    go_live_at = models.DateTimeField(null=True)
    holder = models.CharField(max_length=64, default="", db_default="")
    held_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0, db_default=0)
    failing_since = models.DateTimeField(null=True)
    failing_why = models.TextField(default="", db_default="")
    bad_signatures = models.BigIntegerField(default=0, db_default=0)
    last_bad_signature_at = models.DateTimeField(null=True)
    last_flush_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "connections"


class PollCursor(models.Model):
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE)
    name = models.CharField(max_length=64)
    cursor = models.TextField(default="")
    polled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "poll_cursors"
        constraints = [models.UniqueConstraint(fields=["connection", "name"], name="poll_cursor_once")]


class Return(models.Model):
    """The aggregate. ``id`` is derived from the first name it was told by, so that a restore mints it again."""

    id = models.CharField(primary_key=True, max_length=32)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False)
    scope = models.ForeignKey(Connection, on_delete=models.PROTECT, db_index=False)
    label = models.CharField(max_length=200)
    initiated_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    linked_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False)
    orders = ArrayField(models.CharField(max_length=200), default=list)
    skus = ArrayField(models.CharField(max_length=200), default=list)
    units = models.IntegerField(default=0)
    stage = models.CharField(max_length=32, default="started")
    squared = models.BooleanField(default=False)
    closed = models.BooleanField(default=False)
    undecided = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "returns"
        indexes = [
            models.Index(fields=["merchant", "-last_message_at"], name="returns_newest"),
            models.Index(fields=["id"], condition=Q(undecided=True), name="returns_undecided"),
            models.Index(fields=["linked_to"], condition=Q(linked_to__isnull=False), name="returns_linked"),
            models.Index(fields=["scope", "last_message_at"], condition=Q(closed=False), name="returns_stalest"),
        ]


class ReturnKey(models.Model):
    """The key that the return's messages are sealed with, itself sealed; without it they are erased."""

    return_ref = models.OneToOneField(Return, primary_key=True, on_delete=models.PROTECT, db_column="return_id")
    sealed = models.BinaryField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "return_keys"


class Identity(models.Model):
    """One name of a return at its source; minted once, immutable."""

    scope = models.ForeignKey(Connection, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=200)
    return_ref = models.ForeignKey(Return, on_delete=models.PROTECT, db_column="return_id", db_index=False)

    class Meta:
        db_table = "identities"
        constraints = [models.UniqueConstraint(fields=["scope", "kind", "value"], name="identity_once")]
        indexes = [
            models.Index(fields=["value"], name="identities_value"),
            models.Index(fields=["return_ref"], name="identities_return"),
        ]


class Message(models.Model):
    """One thing received, sealed word for word. ``digest`` covers the sealed bytes, ``dedupe`` what is the same."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    dedupe = models.CharField(max_length=80)
    kind = models.CharField(max_length=64, default="")
    body = models.BinaryField()
    digest = models.BinaryField()
    seal = models.BinaryField()
    headers = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    seen_again_at = models.DateTimeField(null=True)
    seen = models.IntegerField(default=1, db_default=1)
    state = models.CharField(max_length=12, default="waiting", db_default="waiting")
    why = models.TextField(default="", db_default="")
    about_order = models.CharField(max_length=200, default="", db_default="")
    read_at = models.DateTimeField(null=True)
    returns = ArrayField(
        models.CharField(max_length=32),
        default=list,
        db_default=models.Value([], ArrayField(models.CharField(max_length=32))),
    )

    class Meta:
        db_table = "messages"
        constraints = [
            models.UniqueConstraint(fields=["connection", "dedupe"], name="message_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "read", "unreadable", "unplaced", "dismissed"]), name="message_state"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="waiting"), name="messages_waiting"),
            models.Index(fields=["about_order"], condition=Q(state="unplaced"), name="messages_unplaced"),
            models.Index(fields=["received_at"], name="messages_received"),
            models.Index(fields=["connection", "received_at"], name="messages_arrived"),
        ]


class Order(models.Model):
    """An order as it was frozen once; interpretation locks this row, so allocations are made one at a time."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False)
    number = models.CharField(max_length=200)
    frozen = models.JSONField(null=True)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders"
        constraints = [models.UniqueConstraint(fields=["merchant", "number"], name="order_once")]


class ReturnOrder(models.Model):
    """Which returns speak of an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_index=False)
    return_ref = models.ForeignKey(Return, on_delete=models.PROTECT, db_column="return_id", db_index=False)

    class Meta:
        db_table = "return_orders"
        constraints = [models.UniqueConstraint(fields=["order", "return_ref"], name="return_order_once")]
        indexes = [models.Index(fields=["return_ref"], name="return_orders_return")]


class Fact(models.Model):
    return_ref = models.ForeignKey(
        Return, on_delete=models.PROTECT, db_column="return_id", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=40)
    body = models.JSONField()
    digest = models.BinaryField(max_length=16)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "facts"
        constraints = [models.UniqueConstraint(fields=["return_ref", "digest"], name="fact_once")]


class Allocation(models.Model):
    """A sold unit given to a returned one; the constraint is what makes an over-return impossible."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_index=False)
    line = models.CharField(max_length=200)
    index = models.IntegerField()
    return_ref = models.ForeignKey(Return, on_delete=models.PROTECT, db_column="return_id", db_index=False)
    unit = models.CharField(max_length=200)
    released = models.BooleanField(default=False)

    class Meta:
        db_table = "allocations"
        constraints = [
            models.UniqueConstraint(
                fields=["order", "line", "index"], condition=Q(released=False), name="sold_unit_once"
            )
        ]
        indexes = [models.Index(fields=["return_ref"], name="allocations_return")]


class Effect(models.Model):
    """What we owe another system. ``key`` is unique for ever; payload and policy version freeze once attempted."""

    key = models.CharField(max_length=200)
    verb = models.CharField(max_length=40)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    return_ref = models.ForeignKey(
        Return, on_delete=models.PROTECT, null=True, db_column="return_id", db_index=False, db_constraint=False
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    payload = models.JSONField()
    payload_hash = models.CharField(max_length=64)
    policy_version = models.CharField(max_length=64)
    after = ArrayField(models.CharField(max_length=200), default=list)
    standing = models.CharField(max_length=12)
    epoch = models.IntegerField()
    attempts = models.IntegerField(default=0, db_default=0)
    claimed_by = models.CharField(max_length=64, default="", db_default="")
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    first_attempt_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=200, null=True)  # noqa: DJ001  null: there is no document yet
    why = models.TextField(default="", db_default="")
    kind = models.CharField(max_length=64, default="", db_default="")
    adopted = models.BooleanField(default=False, db_default=False)
    flush = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "effects"
        constraints = [
            models.UniqueConstraint(fields=["key"], name="effect_once"),
            models.CheckConstraint(
                condition=Q(standing__in=["waiting", "due", "unsure", "done", "refused", "ambiguous", "moot"]),
                name="effect_standing",
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "id"], condition=Q(standing__in=["due", "unsure"]), name="effects_due"),
            models.Index(fields=["return_ref"], name="effects_return"),
            models.Index(fields=["order"], name="effects_order"),
            models.Index(fields=["flush"], condition=Q(flush__isnull=False), name="effects_flush"),
        ]


class Attempt(models.Model):
    """One try at an effect and what came of it."""

    effect = models.ForeignKey(Effect, on_delete=models.PROTECT, db_constraint=False)
    number = models.IntegerField()
    holder = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=12)
    why = models.TextField(default="")

    class Meta:
        db_table = "attempts"


class Expectation(models.Model):
    key = models.CharField(max_length=200, primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    return_ref = models.ForeignKey(
        Return, on_delete=models.PROTECT, db_column="return_id", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=32)
    about = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    value = models.JSONField(default=list)

    class Meta:
        db_table = "expectations"
        indexes = [
            models.Index(fields=["due_at"], name="expectations_due"),
            models.Index(fields=["return_ref"], name="expectations_return"),
        ]


class OperationalException(models.Model):
    """What a person must look at. Open while ``closed_at`` is null; waived ones keep their row and who waived."""

    key = models.CharField(max_length=300, primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False)
    return_ref = models.ForeignKey(Return, on_delete=models.PROTECT, null=True, db_column="return_id", db_index=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, null=True, db_index=False)
    kind = models.CharField(max_length=64)
    about = models.CharField(max_length=200)
    cause = models.TextField()
    remedy = models.TextField()
    owner = models.CharField(max_length=32)
    value = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    waived_at = models.DateTimeField(null=True)
    waived_by = models.CharField(max_length=200, default="", db_default="")
    waived_why = models.TextField(default="", db_default="")

    class Meta:
        db_table = "exceptions"
        indexes = [
            models.Index(fields=["merchant", "kind"], condition=Q(closed_at=None), name="exceptions_open"),
            models.Index(fields=["return_ref"], name="exceptions_return"),
        ]


class Entry(models.Model):
    """One posting, ``quantity`` of a commodity from source to destination; rows of one cause are one entry."""

    cause = models.CharField(max_length=300)
    part = models.SmallIntegerField()
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    return_ref = models.ForeignKey(
        Return, on_delete=models.PROTECT, db_column="return_id", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=200)
    destination = models.CharField(max_length=200)
    quantity = models.BigIntegerField()
    commodity = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "entries"
        constraints = [
            models.UniqueConstraint(fields=["cause", "part"], name="entry_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="entry_moves_something"),
        ]
        indexes = [models.Index(fields=["return_ref"], name="entries_return")]
