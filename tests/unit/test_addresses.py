"""No address with a user name or password reaches a visitor, in whatever form it is written."""

import json

import pytest

from webllm_app.addresses import refuse_credentials
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
]
WITHOUT = [
    "https://models.example.org",
    "https://models.example.org/a@b/c",
    "https://models.example.org/?mail=a@b",
    "/models/a@b",
    "app/static/mirror",
]


@pytest.mark.parametrize("address", WITH_CREDENTIALS)
def test_credentials_are_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(ValueError, match="user name or password") as refused:
        refuse_credentials(address)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("address", WITHOUT)
def test_an_at_sign_elsewhere_is_no_credential(address: str) -> None:
    refuse_credentials(address)


@pytest.mark.parametrize("field", ["model_mirror", "issue_url"])
@pytest.mark.parametrize("address", WITH_CREDENTIALS[:3])
def test_settings_refuse_them(field: str, address: str) -> None:
    with pytest.raises(ValueError, match="user name or password"):
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
