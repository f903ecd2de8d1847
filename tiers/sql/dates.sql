-- The calendar of the ladder, on business dates. A window is 'rolling' (N months back) or 'calendar' (periods of N
-- months, counted from January). On date t it holds the days d for which tiers_leaves_on(d) > t.

-- The business date of a moment, in a zone where the business day ends at that hour of the night.
create or replace function tiers_date(at timestamptz, zone text, day_ends_at int)
returns date language sql stable parallel safe as $$
    select ((at at time zone zone) - make_interval(hours => day_ends_at))::date
$$;

-- The first day that the window on date TODAY holds.
create or replace function tiers_window_start(today date, kind text, months int)
returns date language sql immutable parallel safe as $$
    select case when kind = 'calendar'
        then (date_trunc('month', today::timestamp)
              - make_interval(months => (extract(month from today)::int - 1) % months))::date
        else (today - make_interval(months => months))::date + 1
    end
$$;

-- The first date whose window no longer holds DAY. A month before 28 February is 28 January, so that the 29th to 31st
-- of January leave a window of one month on 1 March, when January has left it whole: where DAY plus N months would be
-- cut to the end of a shorter month, it is the day after that end.
create or replace function tiers_leaves_on(day date, kind text, months int)
returns date language sql immutable parallel safe as $$
    select case when kind = 'calendar'
        then (date_trunc('month', day::timestamp)
              + make_interval(months => months - (extract(month from day)::int - 1) % months))::date
        else (day + make_interval(months => months))::date
             + (extract(day from day + make_interval(months => months)) < extract(day from day))::int
    end
$$;

-- The last date of a standing whose window lapses on LAPSES_ON: the end of the month after.
create or replace function tiers_valid_until(lapses_on date) returns date language sql immutable parallel safe as $$
    select (date_trunc('month', lapses_on::timestamp) + interval '2 months')::date - 1
$$;

-- The first date of which TODAY can depend: of the last window before the earliest lapse that still lasts today.
create or replace function tiers_matters_since(today date) returns date language sql immutable parallel safe as $$
    select (date_trunc('month', today::timestamp) - interval '1 month')::date - 1
$$;

-- A lapse, brought forward to TODAY where it would be later. Without one there is none.
create or replace function tiers_by(lapses_on date, today date) returns date language sql immutable parallel safe as $$
    select case when lapses_on > today then today else lapses_on end
$$;

-- The date on which a standing lapses that began STEPS rungs higher and was let run out rung by rung: each rung ends
-- with its month after, and the next one lapses on the day it begins. With 0 steps, the date itself.
create or replace function tiers_lapses_after(lapses_on date, steps int)
returns date language sql immutable parallel safe as $$
    select case when steps = 0 then lapses_on
        else (date_trunc('month', lapses_on::timestamp) + make_interval(months => 2 * steps))::date
    end
$$;
