-- What is kept of an address that gets no marketing any more.
create or replace function messaging_digest(address text) returns text language sql immutable parallel safe as $$
    select encode(sha256(convert_to(lower(btrim(address)), 'UTF8')), 'hex')
$$;

-- Whether ADDRESS stands on the list, given the latest consent to marketing over CHANNEL: when and where it was said.
-- Who unsubscribed may say yes again, but no file says so for them.
create or replace function messaging_is_suppressed(in_channel text, address text, said_at timestamptz, said_where text)
    returns boolean language sql stable parallel safe as $$
    select exists (
        select from messaging_suppression s
        where s.channel = in_channel and s.digest = messaging_digest(address)
          and not (s.reason = 'unsubscribed' and said_at > s.at and said_where not like 'file%')
    )
$$;
