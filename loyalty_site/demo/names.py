"""Pure: invented people for the demo. Nobody of them exists, and no phone or address reaches anybody.

Phones are of 07700 900000 to 900999, which Ofcom keeps for films and books; addresses end in example.com.
"""

from typing import NamedTuple

from members.birthdays import Birthday
from members.models import Member

# Surname and given name as written and in pinyin.
_SURNAMES = (
    "林 Lin|陈 Chen|黄 Huang|张 Zhang|李 Li|王 Wang|刘 Liu|杨 Yang|赵 Zhao|周 Zhou|吴 Wu|徐 Xu|孙 Sun|马 Ma|朱 Zhu|"
    "胡 Hu|郭 Guo|何 He|高 Gao|罗 Luo|郑 Zheng|梁 Liang|谢 Xie|宋 Song|唐 Tang|许 Xu|韩 Han|冯 Feng|邓 Deng|欧阳 Ouyang"
)
_GIVEN = (
    "晓梅 Xiaomei|建国 Jianguo|思远 Siyuan|雨桐 Yutong|子涵 Zihan|浩然 Haoran|美玲 Meiling|志强 Zhiqiang|静怡 Jingyi|"
    "欣 Xin|伟 Wei|丽华 Lihua|文博 Wenbo|佳慧 Jiahui|俊杰 Junjie|诗涵 Shihan|国栋 Guodong|若曦 Ruoxi|明轩 Mingxuan|"
    "秀英 Xiuying|天佑 Tianyou|芳 Fang|宇航 Yuhang"
)
_FIRST = (
    "Olivia|Thomas|Amelia|George|Priya|Harriet|Samuel|Eleanor|Callum|Beatrice|Rhys|Imogen|Hamish|Zoe|Marcus|Freya|"
    "Dominic|Yasmin|Hugh|Saoirse|Edwin|Matilda|Leon"
)
_LAST = (
    "Bennett|Ashworth|Kaur|Whitfield|Okafor|Fairbairn|Llewellyn|Marsh|Pemberton|Doyle|Hartley|Novak|Sinclair|Thorne|"
    "Adeyemi|Brandon|Castellan|Dunmore|Everly|Fenwick|Garside|Holloway|Ibbotson|Jessop|Kingsley|Larkin|Mistry|Northcott|"
    "O'Rourke"
)
SURNAMES, GIVEN, FIRST, LAST = (names.split("|") for names in (_SURNAMES, _GIVEN, _FIRST, _LAST))
PHONES = 1000


class Person(NamedTuple):
    """Somebody invented. Contacts are "" where they gave none."""

    name: str
    phone: str
    email: str
    language: str
    birthday: Birthday | None


def person(index: int) -> Person:
    """The INDEXth person: always the same one, no two alike. Two of five are Chinese; the first two left everything."""
    is_chinese = index % 5 in {0, 3}
    name, plain = _chinese_name(index) if is_chinese else _western_name(index)
    gave_all = index < 2
    return Person(
        name=name,
        phone=f"+447700900{index % PHONES:03d}" if gave_all or index % 7 != 4 else "",
        email=f"{plain}.{index}@example.com" if gave_all or index % 7 == 4 or index % 3 else "",
        language="zh-hans" if is_chinese else "en",
        birthday=_birthday(index, is_chinese=is_chinese),
    )


def _chinese_name(index: int) -> tuple[str, str]:
    surname, surname_plain = SURNAMES[index % len(SURNAMES)].split()
    given, given_plain = GIVEN[(index // 3) % len(GIVEN)].split()
    return f"{surname}{given}", f"{given_plain}.{surname_plain}".lower()


def _western_name(index: int) -> tuple[str, str]:
    first, last = FIRST[(index - 1) % len(FIRST)], LAST[(index - 1) % len(LAST)]
    return f"{first} {last}", f"{first}.{last}".lower().replace("'", "")


def _birthday(index: int, *, is_chinese: bool) -> Birthday | None:
    """Most told it: by either calendar, with or without the year; a few were born on days that are rare."""
    rare = {
        5: Birthday(4, 15, 2001, Member.Calendar.LUNAR, is_leap_month=True),
        6: Birthday(2, 29, 1996),
        8: Birthday(12, 30, None, Member.Calendar.LUNAR),
        11: Birthday(2, 29),
        13: Birthday(6, 8, 1987, Member.Calendar.LUNAR, is_leap_month=True),
    }
    if index in rare:
        return rare[index]
    if index % 6 == 2:
        return None
    month, day, year = index * 7 % 12 + 1, index * 11 % 28 + 1, 1950 + index * 13 % 55
    calendar = Member.Calendar.LUNAR if is_chinese and index % 2 else Member.Calendar.SOLAR
    return Birthday(month, day, year if index % 4 else None, calendar)
