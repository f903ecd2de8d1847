"""Dates and numbers in Chinese where Django's own way reads oddly: 1月5日 rather than 01月5日, and 12,345."""

MONTH_DAY_FORMAT = "n月j日"
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
