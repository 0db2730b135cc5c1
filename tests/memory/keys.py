"""Say what an account in memory has besides: nothing."""

from __future__ import annotations

from bowout.config.keys import ProviderSpec

SPEC = ProviderSpec()
