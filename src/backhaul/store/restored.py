"""What a database that was put back from a backup must know of itself."""

from __future__ import annotations

KIND = "restored"
NEW_EPOCH = """
UPDATE public.deployments SET epoch = epoch + 1, restored_at = now();
INSERT INTO public.exceptions (key, merchant_id, kind, about, cause, remedy, owner, value, opened_at, due_at)
SELECT 'restored:' || d.epoch || ':' || m.id, m.id, 'restored', m.name,
       'the database was put back as it was at '
       || coalesce(
            to_char((SELECT max(received_at) FROM public.messages) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), '?')
       || ' UTC. What was made in other systems since then is looked for as soon as it is owed again; '
       || 'what is owed no more, for a return that ended meanwhile, is not',
       'In the ERP, list what carries a reference of ours, was made since then and is still open or a draft; withdraw '
       || 'what its return does not show, then waive this.',
       'operations', '[]', now(), now() + interval '1 day'
FROM public.deployments d CROSS JOIN public.merchants m;
"""
"""Begins the next recovery epoch, and asks operations of each merchant to look at what nobody will look for."""
