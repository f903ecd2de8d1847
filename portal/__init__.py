"""The members' pages. No models, no rules."""
