"""A pretended Clerk instance, an app that uses it, and one browser that finds both."""

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.browser.clerk.fapi import build_app
from tests.browser.clerk.instance import HOST, PUBLISHABLE_KEY, SECRET_KEY, Instance
from tests.browser.clerk.scripts import fetch_scripts
from tests.browser.conftest import ROOT, AppServer, chromium, free_port, start_app


def _make_certificate(folder: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "standin.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return path


@dataclass
class StandIn:
    instance: Instance
    port: int
    certificate: Path


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    instance, port = Instance(), free_port()
    certificate = _make_certificate(tmp_path_factory.mktemp("tls"))
    server = uvicorn.Server(
        uvicorn.Config(
            build_app(instance, fetch_scripts(ROOT / ".cache" / "clerk-scripts")),
            host="127.0.0.1",
            port=port,
            ssl_certfile=certificate,
            ssl_keyfile=certificate,
            ssl_version=ssl.PROTOCOL_TLS_SERVER,
            log_level="warning",
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield StandIn(instance, port, certificate)
    server.should_exit = True
    thread.join(timeout=10)


def start_with_clerk(stand_in: StandIn, log: Path, **options: str) -> AppServer:
    """Starts an app that trusts the stand-in; `options` as of `start_app`."""
    port = free_port()
    values = {
        "CLERK_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        # As it arrives through many dashboards: on one line.
        "CLERK_JWT_KEY": stand_in.instance.public_pem.replace("\n", "\\n"),
        "CLERK_AUTHORIZED_PARTIES": f"http://localhost:{port}",
        "CLERK_SECRET_KEY": SECRET_KEY,
        # So that a log which must not hold a token holds everything else.
        "STREAMLIT_LOGGER_LEVEL": "debug",
    }
    return start_app(port, log, **values | options)


@pytest.fixture(scope="session")
def app(stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """A small app around the sign-in, which shows what Python knows."""
    server = start_with_clerk(
        stand_in,
        tmp_path_factory.mktemp("small") / "log.txt",
        script="tests/browser/clerk/app_script.py",
    )
    yield server
    server.kill()


@pytest.fixture(scope="session")
def open_app(stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The app itself, where guests may chat."""
    server = start_with_clerk(stand_in, tmp_path_factory.mktemp("open") / "log.txt")
    yield server
    server.kill()


@pytest.fixture(scope="session")
def closed_app(stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The app itself, where only signed-in visitors may chat."""
    log = tmp_path_factory.mktemp("closed") / "log.txt"
    server = start_with_clerk(stand_in, log, WEBLLM_AUTH="required")
    yield server
    server.kill()


@pytest.fixture(scope="session")
def browser(playwright: Playwright, stand_in: StandIn) -> Iterator[Browser]:
    here = f"127.0.0.1:{stand_in.port}"
    rules = ",".join(f"MAP {host}:443 {here}" for host in ("*.accounts.dev", "img.clerk.com"))
    flags = [f"--host-resolver-rules={rules}", "--ignore-certificate-errors"]
    with chromium(playwright, *flags) as running:
        yield running


@pytest.fixture
def context(browser: Browser, stand_in: StandIn) -> Iterator[BrowserContext]:
    stand_in.instance.reset()
    made = browser.new_context(
        ignore_https_errors=True, viewport={"width": 1100, "height": 800}, reduced_motion="reduce"
    )
    made.set_default_timeout(20_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
