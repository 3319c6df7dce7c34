"""No address with a user name or password reaches a visitor, in whatever form it is written."""

import json
import logging

import pytest

from webllm_app.addresses import MaskAddresses, refuse_credentials, without_secrets
from webllm_app.catalog import add_custom_models, load_catalog
from webllm_app.preparation import CATALOG_PATH
from webllm_app.settings import Settings

SECRET = "tok3n"
WITH_CREDENTIALS = [
    f"https://user:{SECRET}@models.example.org",
    f"https://{SECRET}@models.example.org/path",
    f"http://user:{SECRET}@[::1]:8080/",
    f"https://user%40x:{SECRET}@models.example.org",
    f"https://user:{SECRET}%40models.example.org/",
    f"HTTPS://:{SECRET}@models.example.org",
    f"//user:{SECRET}@models.example.org",
    f"https:\\\\user:{SECRET}@models.example.org",
    f" https://user:{SECRET}@models.example.org",
    f"ht\ntps://user:{SECRET}@models.example.org",
    f"https://user:{SECRET}\t@models.example.org",
    f"https://user%3A{SECRET}%2540models.example.org/",
    # A password with a mark that ends the host leaves a port that is no number.
    f"https://user:p/{SECRET}@models.example.org/",
    f"https://user:p#{SECRET}@models.example.org/",
    f"https://user:p?{SECRET}@models.example.org/",
]
WITH_TOKENS = [
    f"https://models.example.org/m?token={SECRET}",
    f"https://models.example.org/m?a=1&Access_Token={SECRET}",
    f"https://models.example.org/m?X-Amz-Signature={SECRET}",
    f"https://models.example.org/m?api-key={SECRET}",
    f"https://models.example.org/m#token={SECRET}",
    f"https://models.example.org/m?%74oken={SECRET}",
    f"https://models.example.org/hf_{SECRET}abcdefgh/m",
    f"https://models.example.org/m?x=ghp_{SECRET}abcdefghijklmnop",
    f"/own/m?sig={SECRET}",
]
WITHOUT = [
    "https://models.example.org",
    "https://models.example.org/a@b/c",
    "https://models.example.org/?mail=a@b",
    "https://github.com/owner/app/issues/new?template=bug.yml&labels=token",
    "https://models.example.org/hf_mirror/tokenizer",
    "https://models.example.org/lib.wasm?v=2",
    "http://[::1]:8080/",
    "/models/a@b",
    "app/static/mirror",
]


@pytest.mark.parametrize("address", WITH_CREDENTIALS)
def test_credentials_are_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(ValueError, match="user name or password") as refused:
        refuse_credentials(address)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("address", WITH_TOKENS)
def test_tokens_are_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(ValueError, match="token or key") as refused:
        refuse_credentials(address)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("address", WITHOUT)
def test_an_at_sign_elsewhere_is_no_credential(address: str) -> None:
    refuse_credentials(address)


@pytest.mark.parametrize("field", ["model_mirror", "issue_url"])
@pytest.mark.parametrize("address", [*WITH_CREDENTIALS[:3], *WITH_TOKENS[:3]])
def test_settings_refuse_them(field: str, address: str) -> None:
    with pytest.raises(ValueError, match=r"user name or password|token or key"):
        Settings.model_validate({field: address})


@pytest.mark.parametrize("field", ["model", "model_lib"])
def test_a_model_list_refuses_them_by_field(field: str) -> None:
    record = {
        "model_id": "mine-q4f32_1",
        "model": "https://models.example.org/mine/mine",
        "model_lib": "https://models.example.org/mine.wasm",
    } | {field: f"https://user:{SECRET}@models.example.org/mine/mine.wasm"}
    offered = add_custom_models(load_catalog(CATALOG_PATH), {"model_list": [record]})
    told = json.dumps([problem.message for problem in offered.problems])
    assert field in told
    assert "user name or password" in told
    assert SECRET not in told
    assert "mine-q4f32_1" not in {entry.model_id for entry in offered.catalog.models}


@pytest.mark.parametrize("address", [*WITH_CREDENTIALS, *WITH_TOKENS])
def test_no_form_of_an_address_takes_its_secret_into_a_log(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("masked")
    mask = MaskAddresses()
    logger.addFilter(mask)
    try:
        raise ValueError(f"no answer from '{address}' (404)")
    except ValueError as error:
        logger.warning("Failed: %s", error)
        logger.exception("Failed for good")
    finally:
        logger.removeFilter(mask)
    assert "Failed for good" in caplog.text
    assert SECRET not in caplog.text


def test_a_log_keeps_what_helps() -> None:
    line = "HTTPSConnectionPool(host='pypi.org', port=443): 404 for url: https://pypi.org/simple/x/"
    assert without_secrets(line) == line
    assert without_secrets("why? a=b") == "why? a=b"
