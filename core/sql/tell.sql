-- Write facts that others want to hear: [{kind, member_id, reference, payload, occurred_at}].

create or replace function core_tell(facts jsonb) returns void language sql as $$
    insert into core_event (kind, member_id, reference, payload, occurred_at)
    select f.kind, f.member_id, f.reference, f.payload, f.occurred_at
    from jsonb_to_recordset(facts)
        as f(kind text, member_id bigint, reference text, payload jsonb, occurred_at timestamptz)
$$;
