"""Staff pages of users, roles and the audit trail."""

from access.admin.people import RoleAdmin, StaffUserAdmin
from access.admin.trail import AuditEntryAdmin

__all__ = ["AuditEntryAdmin", "RoleAdmin", "StaffUserAdmin"]
