"""Staff pages of rewards: the catalogue, vouchers, code pools."""

from rewards.admin.catalogue import RewardAdmin
from rewards.admin.pools import CodePoolAdmin
from rewards.admin.vouchers import VoucherAdmin

__all__ = ["CodePoolAdmin", "RewardAdmin", "VoucherAdmin"]
