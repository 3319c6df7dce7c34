"""What holds for every test."""

from __future__ import annotations

from tools.node import prefer_own_node

# Also for what tests start: vite, npm pack, the readers of the npm packages.
prefer_own_node()
