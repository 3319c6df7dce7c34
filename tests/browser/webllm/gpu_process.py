"""The memory of Chromium's GPU process, where a software GPU keeps its buffers."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Browser

PATIENCE_S = 30


class GpuProcess:
    def __init__(self, browser: Browser):
        processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        (self.pid,) = (p["id"] for p in processes["processInfo"] if p["type"] == "GPU")

    def resident_bytes(self) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        (resident,) = (line for line in status if line.startswith("VmRSS:"))
        return int(resident.split()[1]) * 1024

    def wait_until_resident_below(self, size: int) -> None:
        """The process frees what a worker held some time after the worker is gone."""
        deadline = time.monotonic() + PATIENCE_S
        while (resident := self.resident_bytes()) > size:
            if time.monotonic() > deadline:
                raise AssertionError(f"the GPU process still holds {resident} bytes, not {size}")
            time.sleep(0.1)
