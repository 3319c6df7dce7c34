"""What verifying costs: this app's verifier beside Clerk's own Python SDK, in one run.

    pip install --target .cache/clerk-sdk clerk-backend-api==7.0.0
    PYTHONPATH=.cache/clerk-sdk python -m bench.auth

Every figure is the best of five rounds, in one thread.
"""

import time
from collections.abc import Callable
from functools import partial

from clerk_backend_api.security.types import VerifyTokenOptions
from clerk_backend_api.security.verifytoken import verify_token

from tests.unit.auth.forge import ISSUER, ORIGIN, PEM, token
from webllm_app.auth import ClerkVerifier, TokenRejected

ROUNDS = 5


def seconds_per_call(call: Callable[[], object], calls: int) -> float:
    def one_round() -> float:
        started = time.perf_counter()
        for _ in range(calls):
            call()
        return (time.perf_counter() - started) / calls

    return min(one_round() for _ in range(ROUNDS))


def refused(call: Callable[[], object]) -> Callable[[], None]:
    def expect_refusal() -> None:
        try:
            call()
        except Exception as error:
            if isinstance(error, TokenRejected) or "Token" in type(error).__name__:
                return
            raise
        raise AssertionError("the hostile token was accepted")

    return expect_refusal


def main() -> None:
    now = int(time.time())
    good = token({"iat": now, "nbf": now - 10, "exp": now + 60})
    head, _, signature = good.split(".")
    huge = f"{head}.{'A' * 1_000_000}.{signature}"
    ours = ClerkVerifier(issuer=ISSUER, authorized_parties=[ORIGIN], public_key=PEM)
    options = VerifyTokenOptions(jwt_key=PEM, authorized_parties=[ORIGIN])
    for name, verify in (
        ("this app", ours.verify),
        ("clerk-backend-api", lambda value: verify_token(value, options)),
    ):
        rate = 1 / seconds_per_call(partial(verify, good), 1_000)
        cost = seconds_per_call(refused(partial(verify, huge)), 20)
        print(
            f"{name:18} {rate:8,.0f} verifications/s   1 MB token refused in {cost * 1e6:,.1f} us"
        )


if __name__ == "__main__":
    main()
