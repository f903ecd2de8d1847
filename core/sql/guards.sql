-- Triggers and functions that every app's tables may use.

create or replace function core_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
        using errcode = 'restrict_violation', hint = 'A mistake is corrected by a new row.';
end $$;

-- The programme's revisions. A sequence, so that no number comes twice, not even when a change is rolled back: who read
-- the rules within it must not take them for those of the next change.
create sequence if not exists core_revision start with 2;

create or replace function core_programme_changed() returns trigger language plpgsql as $$
begin
    update core_programme set revision = nextval('core_revision');
    return null;
end $$;

create or replace function core_programme_revised() returns trigger language plpgsql as $$
begin
    new.revision := nextval('core_revision');
    return new;
end $$;

-- The number of the running transaction, as bigint, for readers that must not skip late committers.
create or replace function core_transaction() returns bigint language sql stable parallel safe as $$
    select pg_current_xact_id()::text::bigint
$$;
