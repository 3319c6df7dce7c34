"""The sign-in's page for one Clerk instance: a copy of the bundle that names it, and no other."""

from __future__ import annotations

import shutil
import tempfile
from functools import lru_cache
from html import escape
from pathlib import Path

_BUNDLE = Path(__file__).parent / "frontend" / "dist"
_HEAD = '<meta charset="utf-8" />'


def content_security_policy(frontend_api: str) -> str:
    """Return the policy of the sign-in's page: what Clerk says its interface needs, and no more.

    Source: https://clerk.com/docs/guides/secure/best-practices/csp-headers

    Args:
        frontend_api: Host name of the instance's Frontend API.
    """
    instance, checks = f"https://{frontend_api}", "https://challenges.cloudflare.com"
    protect = "https://*.protect.clerk.com"
    directives = {
        "default-src": "'none'",
        "script-src": f"'self' {instance} {checks} {protect}",
        "connect-src": f"'self' {instance} {protect}",
        "img-src": "'self' data: blob: https://img.clerk.com",
        "style-src": "'self' 'unsafe-inline'",
        # The page's theme may name fonts of any host.
        "font-src": "'self' data: https:",
        "worker-src": "'self' blob:",
        "frame-src": checks,
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


@lru_cache(maxsize=4)
def page_folder(publishable_key: str, frontend_api: str) -> Path:
    """Make the folder to serve, once per process and instance; it goes with the process.

    The key stands in the page and the policy beside it, so no message decides where scripts come
    from. A folder of its own, because the checkout may be read-only and two apps may share it.

    Args:
        publishable_key: The instance's publishable key.
        frontend_api: Host name of the instance's Frontend API, read out of that key.

    Raises:
        OSError: No folder for temporary files can be written.
    """
    folder = tempfile.TemporaryDirectory(prefix="clerk-sign-in-")
    _folders.append(folder)
    page = Path(folder.name)
    shutil.copytree(_BUNDLE, page, dirs_exist_ok=True)
    policy = escape(content_security_policy(frontend_api), quote=True)
    key = escape(publishable_key, quote=True)
    named = (
        f'{_HEAD}\n    <meta http-equiv="Content-Security-Policy" content="{policy}" />'
        f'\n    <meta name="clerk-publishable-key" content="{key}" />'
    )
    index = (_BUNDLE / "index.html").read_text(encoding="utf-8")
    (page / "index.html").write_text(index.replace(_HEAD, named, 1), encoding="utf-8")
    return page


_folders: list[tempfile.TemporaryDirectory[str]] = []
"""Kept until the process ends: a frame that is open still fetches from its folder."""
