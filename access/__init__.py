"""Who may do what: users, roles, and the audit trail."""
