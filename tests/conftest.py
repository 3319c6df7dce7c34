"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tools.node import prefer_own_node

# A busy machine is slow; that says nothing against what is tested.
settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy machine")
# Also for what tests start: vite, npm pack, the readers of the npm packages.
prefer_own_node()
