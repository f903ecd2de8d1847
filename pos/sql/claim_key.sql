-- Claim an idempotency key for this transaction: the answer kept under it, if any, or the right to make one.
-- Two transactions never hold one key at once: the second is told that the first is still running, it doesn't wait.
-- The lock is taken before we look, in a statement of its own, so that the answer of whoever held it before is seen.
-- From here on nothing in this transaction waits longer for a lock than a till's patience allows.

create or replace function pos_claim_key(the_terminal bigint, the_key text, patience text)
returns table (is_mine boolean, path text, request jsonb, status smallint, answer text)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, also while the table is still small
as $$
begin
    perform set_config('lock_timeout', patience, true);
    if not pg_try_advisory_xact_lock(hashtextextended(the_key, the_terminal)) then
        return query select false, null::text, null::jsonb, null::smallint, null::text;
        return;
    end if;
    return query
        select true, k.path::text, k.request, k.status, k.answer
        from (values (true)) as claim(held)
        left join pos_idempotencykey k on k.terminal_id = the_terminal and k.key = the_key;
end $$;
