"""Settings, read once from the environment (``SURVEYAPP_*``).

Unset, they give a working, safe, single-machine system on SQLite in ``instance/``. Each field's description is the
row of the settings table in ``docs/operations.md``; a test holds the two equal.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from surveyapp.errors import ConfigurationError


class Settings(BaseSettings):
    """Every setting of the product."""

    model_config = SettingsConfigDict(env_prefix="SURVEYAPP_", extra="ignore", frozen=True)

    environment: Literal["production", "development"] = Field(
        "production", description="`development` allows plain http and shows the demonstration accounts."
    )
    instance: Path = Field(Path("instance"), description="Folder for the SQLite file, the secret key and made books.")
    instruments: Path = Field(Path("instruments"), description="Folder with one folder per study.")
    database_url: str | None = Field(
        None, description="`sqlite:///…` or `postgresql+psycopg://…`; unset: SQLite in the instance folder."
    )
    database_read_url: str | None = Field(
        None, description="A replica for figures and exports; unset: the same database."
    )
    secret_key: SecretStr | None = Field(
        None, description="At least 32 bytes; unset: made once and kept in the instance folder."
    )
    base_url: str = Field("http://127.0.0.1:8000", description="Address under which people reach the site.")
    trusted_hosts: str = Field(
        "", description="Host names answered to, with commas; unset: the base URL's and loopback."
    )
    proxy_hops: int = Field(0, ge=0, le=5, description="Number of reverse proxies whose forwarded headers are trusted.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")

    @model_validator(mode="wrap")
    @classmethod
    def _in_own_words(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Name the setting and what it takes, never what it holds: that may be a key or a password."""
        try:
            return handler(values)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            said = (f"SURVEYAPP_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in faults)
            raise ConfigurationError(f"{'; '.join(said)}. See docs/operations.md, 'Settings'.") from None

    @property
    def url(self) -> str:
        """The primary database's URL."""
        return self.database_url or f"sqlite:///{(self.instance / 'surveyapp.sqlite3').resolve()}"

    @property
    def read_url(self) -> str:
        """The URL figures are read from."""
        return self.database_read_url or self.url

    @property
    def is_development(self) -> bool:
        """Whether plain http and the demonstration accounts are allowed."""
        return self.environment == "development"
