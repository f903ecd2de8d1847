"""The members' pages, by what they are for."""
