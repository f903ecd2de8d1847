-- Of these rewards: how much is left of each, counted to so many at most (null: without limit), and how often the member
-- (null: a guest) has had it within its days.

create or replace function rewards_standings(the_member bigint, the_time timestamptz, rewards bigint[], counted int)
returns table (id bigint, left_over bigint, taken bigint)
language sql stable as $$
    select r.id,
           case when r.supply <> 'unlimited' then (
               select count(*) from (
                   select from rewards_unit u
                   where u.reward_id = r.id and u.voucher_id is null and (u.code is not null) = (r.supply = 'codes')
                   limit counted) free
           ) end,
           case when r.limit_per_member is not null then (
               select count(*) from rewards_voucher v
               where v.member_id = the_member and v.reward_id = r.id and v.state <> 'cancelled'
                 and (r.limit_days is null or v.issued_at > the_time - make_interval(days => r.limit_days))
           ) else 0 end
    from rewards_reward r where r.id = any(rewards)
$$;
