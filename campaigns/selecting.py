"""Pure: conditions become one SQL statement that answers the ids of the members who meet them, with parameters.

Each kind of fact is read once, as a set beside the members, whatever the number of tests about it: purchases are
counted in one pass, with a filter for each test. Each test is true or false, never unknown, so that NOT means not.
Members who left are in no segment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from campaigns.conditions import About, Group, Join, Test, Vocabulary
from core import clock

SEGMENT = "segment:"

# A purchase that was brought back as a whole was none; of what was brought back in part, the rest was spent.
BOUGHT = """
left join (
    select p.member_id, {columns}
    from sales_purchase p
    left join (select purchase_id, sum(amount) as amount from sales_return group by purchase_id) r
        on r.purchase_id = p.id
    where p.member_id is not null and (r.amount is null or r.amount < p.amount){filters}
    group by p.member_id
) bought on bought.member_id = m.id"""
GOODS = """
left join (
    select p.member_id, {columns}
    from sales_purchase p
    join sales_purchaseline l on l.purchase_id = p.id and l.category = any({categories})
    left join (
        select line_id, sum(quantity) as quantity, sum(amount) as amount from sales_returnline group by line_id
    ) r on r.line_id = l.id
    where p.member_id is not null and (r.line_id is null or r.quantity < l.quantity){filters}
    group by p.member_id
) goods on goods.member_id = m.id"""
HELD = "left join tiers_standing held on held.member_id = m.id"
ACCOUNT = "left join points_account account on account.member_id = m.id and account.point_type_id = {point_type}"
EXPIRING = """
left join (
    select account_id, sum(remaining) as points from points_lot
    where is_open and expires_at < {before} group by account_id
) {alias} on {alias}.account_id = account.id"""
SAID = """
left join (
    select distinct on (member_id) member_id, granted from members_consent
    where channel = {channel} and purpose = 'marketing' order by member_id, id desc
) {alias} on {alias}.member_id = m.id"""
TRAIT = """
left join members_trait {alias} on {alias}.member_id = m.id and {alias}.name = {name} and {alias}.valid_to is null"""
CONTACTS = {"email": "m.email is not null", "phone": "m.phone is not null", "birthday": "m.birth_month is not null"}


@dataclass(frozen=True, slots=True)
class Selection:
    """A statement that answers member ids, as `id`, each once; and its parameters, by name."""

    sql: str
    params: Mapping[str, Any]


@dataclass(slots=True)
class _Counted:
    """What is counted of purchases, in one pass: a column for each test, and which purchases it looks at."""

    columns: list[str] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)
    categories: set[str] = field(default_factory=set)


def selection(group: Group, known: Vocabulary, hours: clock.Hours, *, today: date) -> Selection:
    """The statement that finds who meets GROUP on the business date TODAY."""
    return _Statement(known, hours, today).of(group)


class _Statement:
    """A statement while it is put together."""

    def __init__(self, known: Vocabulary, hours: clock.Hours, today: date) -> None:
        self.known, self.hours, self.today = known, hours, today
        self.params: dict[str, Any] = {}
        self.joins: dict[str, str] = {}
        self.counted = {"bought": _Counted(), "goods": _Counted()}

    def of(self, group: Group) -> Selection:
        where = self._group(group)
        joins = [*self._passes(), *self.joins.values()]
        sql = "select m.id from members_member m\n" + "\n".join(joins) + f"\nwhere m.status <> 'closed' and {where}"
        return Selection(sql, self.params)

    def _value(self, value: object) -> str:
        """The place of a value in the statement. Equal values share one."""
        name = next(
            (name for name, known in self.params.items() if type(known) is type(value) and known == value), None
        )
        if name is None:
            name = f"c{len(self.params)}"
            self.params[name] = value
        return f"%({name})s"

    def _part(self, part: Test | Group) -> str:
        return self._group(part) if isinstance(part, Group) else self._test(part)

    def _group(self, group: Group) -> str:
        word = " and " if group.join == Join.ALL else " or "
        joined = "(" + word.join(self._part(part) for part in group.parts) + ")"
        return f"not {joined}" if group.is_not else joined

    def _test(self, test: Test) -> str:
        sql = _ASKED[test.about](self, test)
        return f"not coalesce({sql}, false)" if test.is_not else f"coalesce({sql}, false)"

    def _join(self, key: str, sql: str) -> str:
        """Have a set stand beside the members, once; answer its name."""
        self.joins.setdefault(key, sql)
        return key

    def _ids(self, what: str, codes: tuple[str, ...]) -> str:
        return self._value([self.known.ids[what][code] for code in codes])

    def _start(self, day: date) -> str:
        return self._value(clock.start_of(day, self.hours))

    def _since(self, days: int) -> date:
        """The first of so many days, the last of which is today."""
        return self.today - timedelta(days=days - 1)

    def _compared(self, test: Test, column: str, value: object) -> str:
        return f"coalesce({column}, 0) {'>=' if test.how == 'at_least' else '<='} {self._value(value)}"

    def _status(self, test: Test) -> str:
        return f"m.status = any({self._value(list(test.codes))})"

    def _language(self, test: Test) -> str:
        return f"m.language = any({self._value(list(test.codes))})"

    def _age(self, test: Test) -> str:
        born = self._value(self.today.year - test.number)
        return f"m.birth_year {'<=' if test.how == 'at_least' else '>='} {born}"

    def _birth_month(self, test: Test) -> str:
        months = self._value([int(code) for code in test.codes])
        return f"(m.birth_calendar = 'solar' and m.birth_month = any({months}))"

    def _contact(self, test: Test) -> str:
        return "(" + " or ".join(CONTACTS[code] for code in test.codes) + ")"

    def _joined(self, test: Test) -> str:
        if test.how != "between":
            return f"m.enrolled_at {'>=' if test.how == 'last' else '<'} {self._start(self._since(test.days))}"
        ends = [f"m.enrolled_at >= {self._start(test.since)}"] if test.since else []
        if test.until:
            ends.append(f"m.enrolled_at < {self._start(test.until + timedelta(days=1))}")
        return "(" + " and ".join(ends) + ")"

    def _joined_at(self, test: Test) -> str:
        stores = self._value(list(test.codes))
        return f"(m.enrolled_via like 'till:%%' and split_part(substr(m.enrolled_via, 6), '/', 1) = any({stores}))"

    def _tier(self, test: Test) -> str:
        held = self._join("held", HELD)
        return (
            f"coalesce({held}.tier_id, {self._value(self.known.lowest_tier)}) = any({self._ids('tiers', test.codes)})"
        )

    def _tier_ends(self, test: Test) -> str:
        held = self._join("held", HELD)
        last = self._value(self.today + timedelta(days=test.days))
        return f"{held}.valid_until between {self._value(self.today)} and {last}"

    def _points(self, test: Test) -> str:
        return self._compared(test, f"{self._account()}.available", test.number)

    def _points_expire(self, test: Test) -> str:
        self._account()
        before = self._start(self.today + timedelta(days=test.days + 1))
        alias = f"expiring_{test.days}"
        self._join(alias, EXPIRING.format(alias=alias, before=before))
        return self._compared(test, f"{alias}.points", test.number)

    def _account(self) -> str:
        return self._join("account", ACCOUNT.format(point_type=self._value(self.known.point_type)))

    def _consent(self, test: Test) -> str:
        wanted = {"yes": "{}.granted", "no": "not {}.granted", "never": "{}.member_id is null"}[test.how]
        names = [f"said_{channel}" for channel in test.codes]
        for channel, name in zip(test.codes, names, strict=True):
            self._join(name, SAID.format(alias=name, channel=self._value(channel)))
        return "(" + " or ".join(f"coalesce({wanted.format(name)}, false)" for name in names) + ")"

    def _segment(self, test: Test) -> str:
        return "(" + " or ".join(f"{self._trait_of(SEGMENT + code)}.id is not null" for code in test.codes) + ")"

    def _trait(self, test: Test) -> str:
        alias = self._trait_of(test.name)
        return f"{alias}.value = {self._value(test.text)}" if test.text else f"{alias}.id is not null"

    def _trait_of(self, name: str) -> str:
        place = self._value(name)
        alias = f"trait_{place.strip('%()s')}"
        return self._join(alias, TRAIT.format(alias=alias, name=place))

    def _purchases(self, test: Test) -> str:
        what = "count(distinct p.id)" if test.categories else "count(*)"
        return self._compared(test, self._count(test, what), test.number)

    def _spent(self, test: Test) -> str:
        paid = "l" if test.categories else "p"
        return self._compared(test, self._count(test, f"sum({paid}.amount - coalesce(r.amount, 0))"), test.amount)

    def _last_purchase(self, test: Test) -> str:
        column = self._count(test, "max(p.business_on)")
        return f"{column} {'>=' if test.how == 'last' else '<'} {self._value(self._since(test.days))}"

    def _count(self, test: Test, what: str) -> str:
        """A column of the one pass over purchases, or over their goods, for this test."""
        name = "goods" if test.categories else "bought"
        counted = self.counted[name]
        looked_at = self._looked_at(test)
        column = f"{what} filter (where {looked_at})"
        if column not in counted.columns:
            counted.columns.append(column)
            counted.filters.append(looked_at)
        counted.categories.update(test.categories)
        return f"{name}.n{counted.columns.index(column)}"

    def _looked_at(self, test: Test) -> str:
        """Which purchases a test looks at."""
        found = []
        if (test.about == About.LAST_PURCHASE and test.how == "last") or test.period == "last":
            found.append(f"p.business_on >= {self._value(self._since(test.days))}")
        if test.since:
            found.append(f"p.business_on >= {self._value(test.since)}")
        if test.until:
            found.append(f"p.business_on <= {self._value(test.until)}")
        if test.stores:
            found.append(f"p.store_id = any({self._ids('stores', test.stores)})")
        if test.categories:
            found.append(f"l.category = any({self._value(list(test.categories))})")
        return " and ".join(found) or "true"

    def _passes(self) -> list[str]:
        """The passes over purchases and goods, as far as anything is counted. Purchases that no test looks at are
        left out before they are counted."""
        found = []
        for template, counted in ((BOUGHT, self.counted["bought"]), (GOODS, self.counted["goods"])):
            if counted.columns:
                filters = (
                    "" if "true" in counted.filters else f" and (({') or ('.join(dict.fromkeys(counted.filters))}))"
                )
                columns = ", ".join(f"{column} as n{number}" for number, column in enumerate(counted.columns))
                columns = columns.replace(" filter (where true)", "")
                categories = self._value(sorted(counted.categories)) if counted.categories else ""
                found.append(template.format(columns=columns, filters=filters, categories=categories))
        return found


_ASKED = {
    About.STATUS: _Statement._status,
    About.LANGUAGE: _Statement._language,
    About.AGE: _Statement._age,
    About.BIRTH_MONTH: _Statement._birth_month,
    About.CONTACT: _Statement._contact,
    About.JOINED: _Statement._joined,
    About.JOINED_AT: _Statement._joined_at,
    About.TIER: _Statement._tier,
    About.TIER_ENDS: _Statement._tier_ends,
    About.PURCHASES: _Statement._purchases,
    About.SPENT: _Statement._spent,
    About.LAST_PURCHASE: _Statement._last_purchase,
    About.POINTS: _Statement._points,
    About.POINTS_EXPIRE: _Statement._points_expire,
    About.CONSENT: _Statement._consent,
    About.SEGMENT: _Statement._segment,
    About.TRAIT: _Statement._trait,
}
