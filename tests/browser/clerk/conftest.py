"""A pretended Clerk instance, an app that uses it, and one browser that finds both."""

import datetime
import ipaddress
import os
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
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
from tests.browser.clerk.instance import HOST, PUBLISHABLE_KEY, Instance
from tests.browser.clerk.scripts import fetch_scripts
from tests.browser.conftest import free_port

ROOT = Path(__file__).parents[3]
_CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


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
    yield StandIn(instance, port)
    server.should_exit = True
    thread.join(timeout=10)


@dataclass
class App:
    url: str
    log: Path


@pytest.fixture(scope="session")
def app(stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    port = free_port()
    url = f"http://localhost:{port}"
    log = tmp_path_factory.mktemp("app") / "streamlit.log"
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "CLERK_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        # As it arrives through many dashboards: on one line.
        "CLERK_JWT_KEY": stand_in.instance.public_pem.replace("\n", "\\n"),
        "APP_ORIGIN": url,
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                str(Path(__file__).with_name("app_script.py")),
                f"--server.port={port}",
                "--server.headless=true",
                "--server.fileWatcherType=none",
                "--browser.gatherUsageStats=false",
                "--logger.level=debug",
            ],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_healthy(f"{url}/_stcore/health", process)
        yield App(url, log)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own server
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise


@pytest.fixture(scope="session")
def browser(playwright: Playwright, stand_in: StandIn) -> Iterator[Browser]:
    rules = f"MAP *.accounts.dev:443 127.0.0.1:{stand_in.port}"
    launched = playwright.chromium.launch(
        executable_path=_CHROMIUM,
        args=[
            f"--host-resolver-rules={rules}",
            "--ignore-certificate-errors",
            "--no-sandbox",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    )
    yield launched
    launched.close()


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
