"""Settings that do not fit are refused in words for who runs the server."""

from __future__ import annotations

import pytest

from surveyapp.config import Settings
from surveyapp.errors import ConfigurationError


def test_a_wrong_setting_is_named_and_explained_without_the_words_of_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEYAPP_SMTP_URL", "http://mail.example.org")
    with pytest.raises(ConfigurationError, match=r"^SURVEYAPP_SMTP_URL: write smtp://"):
        Settings()
