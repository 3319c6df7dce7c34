"""What an address may hold that is sent to every visitor's browser."""

import re


def refuse_credentials(address: str) -> None:
    """Let no address with a user name or password pass: browsers are sent it, and so everyone.

    Args:
        address: absolute, or a path on this app's server.

    Raises:
        ValueError: it holds one; says so without repeating it.
    """
    after_scheme = re.sub(r"^[a-z][a-z0-9+.-]*:", "", address.strip(), flags=re.IGNORECASE)
    authority = re.split(r"[/?#\\]", after_scheme.lstrip("/\\"), maxsplit=1)[0]
    if "@" in authority or "%40" in authority:
        raise ValueError(
            "must not hold a user name or password, because every visitor's browser is sent it. "
            "Let the server it names allow this app's visitors without one"
        )
