"""The member desk: the whole story of a member on one page, for staff."""
