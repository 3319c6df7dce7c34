"""The settings that Clerk's prebuilt interface asks its instance for: e-mail, password, Google."""

from typing import Any

from tests.browser.clerk.instance import ACCOUNTS


def _attribute(*, enabled: bool, factor: bool = False) -> dict[str, Any]:
    return {
        "enabled": enabled,
        "required": enabled,
        "used_for_first_factor": factor,
        "first_factors": ["email_code"] if factor else [],
        "used_for_second_factor": False,
        "second_factors": [],
        "verifications": ["email_code"] if factor else [],
        "verify_at_sign_up": factor,
    }


_OFF = (
    "phone_number",
    "username",
    "first_name",
    "last_name",
    "web3_wallet",
    "authenticator_app",
    "backup_code",
    "passkey",
)

ENVIRONMENT: dict[str, Any] = {
    "object": "environment",
    "auth_config": {"object": "auth_config", "id": "aconf_standin", "single_session_mode": True},
    "display_config": {
        "object": "display_config",
        "id": "display_config_standin",
        "instance_environment_type": "development",
        "application_name": "Stand-in",
        "theme": {},
        "preferred_sign_in_strategy": "password",
        "logo_image_url": "",
        "favicon_image_url": "",
        "home_url": ACCOUNTS,
        "sign_in_url": f"{ACCOUNTS}/sign-in",
        "sign_up_url": f"{ACCOUNTS}/sign-up",
        "user_profile_url": f"{ACCOUNTS}/user",
        "after_sign_in_url": f"{ACCOUNTS}/default-redirect",
        "after_sign_up_url": f"{ACCOUNTS}/default-redirect",
        "after_sign_out_one_url": f"{ACCOUNTS}/sign-in/choose",
        "after_sign_out_all_url": f"{ACCOUNTS}/sign-in",
        "branded": True,
        "captcha_public_key": None,
        "captcha_widget_type": None,
        "captcha_oauth_bypass": [],
        "show_devmode_warning": True,
        "support_email": "",
        "terms_url": "",
        "privacy_policy_url": "",
    },
    "user_settings": {
        "attributes": {name: _attribute(enabled=False) for name in _OFF}
        | {
            "email_address": _attribute(enabled=True, factor=True),
            "password": _attribute(enabled=True),
        },
        "social": {
            "oauth_google": {
                "enabled": True,
                "required": False,
                "authenticatable": True,
                "block_email_subaddresses": False,
                "strategy": "oauth_google",
                "name": "Google",
                "logo_url": "",
            }
        },
        "sign_in": {"second_factor": {"required": False}},
        "sign_up": {
            "mode": "public",
            "captcha_enabled": False,
            "progressive": True,
            "custom_action_required": False,
            "legal_consent_enabled": False,
        },
        "restrictions": {
            "allowlist": {"enabled": False},
            "blocklist": {"enabled": False},
            "block_email_subaddresses": {"enabled": False},
            "block_disposable_email_domains": {"enabled": False},
        },
        "username_settings": {"min_length": 4, "max_length": 64},
        "password_settings": {"min_length": 8, "max_length": 72, "allowed_special_characters": ""},
        "passkey_settings": {"allow_autofill": False, "show_sign_in_button": False},
        "actions": {"delete_self": True, "create_organization": False},
        "attack_protection": {"user_lockout": {"enabled": False}},
        "saml": {"enabled": False},
        "enterprise_sso": {"enabled": False},
    },
    "organization_settings": {"enabled": False, "domains": {"enabled": False}},
    "commerce_settings": {
        "billing": {"user": {"enabled": False}, "organization": {"enabled": False}},
    },
    "api_keys_settings": {"enabled": False},
    "maintenance_mode": False,
}
