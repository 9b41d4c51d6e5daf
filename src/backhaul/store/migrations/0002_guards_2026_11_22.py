"""What the database itself refuses: to change evidence, to lose what other rows name, to change a frozen effect."""

from typing import ClassVar

from django.db import migrations

GUARDS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER facts_append_only BEFORE UPDATE OR DELETE ON facts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attempts_append_only BEFORE UPDATE OR DELETE ON attempts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER identities_append_only BEFORE UPDATE OR DELETE ON identities FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Kept by a trigger instead of a foreign key in each row of the busy tables that name them.
CREATE TRIGGER merchants_stay BEFORE UPDATE OF id OR DELETE ON merchants FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER connections_stay BEFORE UPDATE OF id OR DELETE ON connections
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER returns_stay BEFORE UPDATE OF id OR DELETE ON returns FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER orders_stay BEFORE UPDATE OF id OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER messages_stay BEFORE UPDATE OF id OR DELETE ON messages FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER effects_stay BEFORE UPDATE OF id OR DELETE ON effects FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER facts_no_truncate BEFORE TRUNCATE ON facts EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON entries EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attempts_no_truncate BEFORE TRUNCATE ON attempts EXECUTE FUNCTION refuse_change();
CREATE TRIGGER messages_no_truncate BEFORE TRUNCATE ON messages EXECUTE FUNCTION refuse_change();
CREATE TRIGGER effects_no_truncate BEFORE TRUNCATE ON effects EXECUTE FUNCTION refuse_change();
CREATE TRIGGER merchants_no_truncate BEFORE TRUNCATE ON merchants EXECUTE FUNCTION refuse_change();
CREATE TRIGGER connections_no_truncate BEFORE TRUNCATE ON connections EXECUTE FUNCTION refuse_change();
CREATE TRIGGER returns_no_truncate BEFORE TRUNCATE ON returns EXECUTE FUNCTION refuse_change();
CREATE TRIGGER orders_no_truncate BEFORE TRUNCATE ON orders EXECUTE FUNCTION refuse_change();

CREATE FUNCTION keep_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.body IS DISTINCT FROM OLD.body OR NEW.digest IS DISTINCT FROM OLD.digest
     OR NEW.dedupe IS DISTINCT FROM OLD.dedupe OR NEW.connection_id IS DISTINCT FROM OLD.connection_id
     OR NEW.received_at IS DISTINCT FROM OLD.received_at OR NEW.headers IS DISTINCT FROM OLD.headers THEN
    RAISE EXCEPTION 'message % is kept as it was received', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER messages_kept BEFORE UPDATE OF body, digest, dedupe, connection_id, received_at, headers ON messages
  FOR EACH ROW EXECUTE FUNCTION keep_message();

CREATE FUNCTION keep_effect() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.first_attempt_at IS NOT NULL AND (
       NEW.payload_hash IS DISTINCT FROM OLD.payload_hash OR NEW.payload IS DISTINCT FROM OLD.payload
       OR NEW.policy_version IS DISTINCT FROM OLD.policy_version OR NEW.key IS DISTINCT FROM OLD.key
       OR NEW.first_attempt_at IS DISTINCT FROM OLD.first_attempt_at) THEN
    RAISE EXCEPTION 'effect % was attempted: its payload is frozen', OLD.key USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.standing = 'done' AND (NEW.standing <> 'done' OR NEW.reference IS DISTINCT FROM OLD.reference) THEN
    RAISE EXCEPTION 'effect % is done and stays done', OLD.key USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.first_attempt_at IS NOT NULL AND NEW.standing = 'moot' THEN
    RAISE EXCEPTION 'effect % was attempted: it cannot become moot', OLD.key USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
-- The condition says what is refused, so that nothing else calls the function, which says why.
CREATE TRIGGER effects_kept BEFORE UPDATE ON effects FOR EACH ROW
  WHEN (
    OLD.first_attempt_at IS NOT NULL AND (
      NEW.payload_hash IS DISTINCT FROM OLD.payload_hash OR NEW.payload IS DISTINCT FROM OLD.payload
      OR NEW.policy_version IS DISTINCT FROM OLD.policy_version OR NEW.key IS DISTINCT FROM OLD.key
      OR NEW.first_attempt_at IS DISTINCT FROM OLD.first_attempt_at OR NEW.standing = 'moot')
    OR OLD.standing = 'done' AND (NEW.standing <> 'done' OR NEW.reference IS DISTINCT FROM OLD.reference))
  EXECUTE FUNCTION keep_effect();

INSERT INTO deployments (epoch) VALUES (1);
"""

# Django adds them by itself to search a text key by its beginning, which is nothing we do: a write more for every row.
DROP_PATTERN_INDEXES = """
DO $$
DECLARE found regclass;
BEGIN
  FOR found IN
    SELECT i.indexrelid::regclass FROM pg_index i
    JOIN pg_opclass o ON o.oid = ANY(i.indclass) AND o.opcname = 'varchar_pattern_ops'
    WHERE i.indrelid IN ('returns'::regclass, 'return_keys'::regclass, 'expectations'::regclass, 'exceptions'::regclass)
  LOOP
    EXECUTE 'DROP INDEX ' || found;
  END LOOP;
END $$;
"""

UNDO = """
DROP FUNCTION refuse_change() CASCADE;
DROP FUNCTION keep_message() CASCADE;
DROP FUNCTION keep_effect() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0001_the_spine_2026_11_22")]
    operations: ClassVar = [
        migrations.RunSQL(GUARDS, UNDO),
        migrations.RunSQL(DROP_PATTERN_INDEXES, migrations.RunSQL.noop),
    ]
