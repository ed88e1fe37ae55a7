"""Settings: read once from `COACH_*` variables and `coach.toml`, validated, then passed on as plain values.

This is the only module that reads the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from coach.errors import SettingsError

PACKAGE = Path(__file__).resolve().parent
BUILTIN = "builtin"


def content_root() -> Path:
    """Folder that holds `knowledge`, `prompts` and `evals`: inside an installed wheel, else the checkout."""
    shipped = PACKAGE / "_content"
    return shipped if shipped.is_dir() else PACKAGE.parent


def default_data() -> Path:
    """Folder for data when none is set: the `var` of a checkout that `make` has set up, else the user's own."""
    of_checkout = PACKAGE.parent / "var"
    return of_checkout if of_checkout.is_dir() else platformdirs.user_data_path("executive-coach")


class Settings(BaseSettings):
    """Everything that can be set, with where it applies."""

    model_config = SettingsConfigDict(env_prefix="COACH_", toml_file="coach.toml", extra="forbid", frozen=True)

    model: str | None = Field(None, description="`builtin`, `openai:NAME`, `anthropic:NAME`, `ollama:NAME`, …")
    model_base_url: str | None = Field(None, description="Address of an OpenAI-compatible server.")
    model_api_key: SecretStr | None = Field(None, description="Key for that server, when it is not the provider's own.")
    model_timeout: float = Field(30.0, gt=0, description="Seconds until the built-in coach answers instead.")
    outbound: Literal["on", "off"] = Field("on", description="`off` guarantees that nothing leaves this machine.")
    data: Path = Field(
        default_factory=default_data,
        description="Folder for the database, the index and downloaded models.",
    )
    models_dir: Path | None = Field(None, description="Folder for downloaded models; `DATA/models` when not set.")
    knowledge: Path | None = Field(None, description="Folder with articles and playbooks; the shipped one if not set.")
    database_url: str | None = Field(None, description="SQLAlchemy address; a SQLite file in DATA when not set.")
    host: str = Field("127.0.0.1", description="Address the web page listens on.")
    port: int = Field(7860, ge=1, le=65535, description="Port the web page listens on.")
    threads: int = Field(2, ge=1, le=64, description="Processor threads for the embedding model.")
    document_limit_mb: int = Field(100, ge=1, description="Largest document that `coach index` takes in, in MB.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over `coach.toml`."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def models_path(self) -> Path:
        """Folder for downloaded models."""
        return self.models_dir or self.data / "models"

    @property
    def knowledge_path(self) -> Path:
        """Folder with articles, playbooks and facts."""
        return self.knowledge or content_root() / "knowledge"

    @property
    def prompts_path(self) -> Path:
        """Folder with the prompts."""
        return content_root() / "prompts"

    @property
    def index_path(self) -> Path:
        """Folder of the vector and keyword index."""
        return self.data / "index"

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.data / 'coach.sqlite3'}"


def load_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read and check the settings; `overrides` (command-line values) win, and None in it means not given.

    With no model chosen, `openai:gpt-5.4-mini` serves when `OPENAI_API_KEY` is set and the built-in coach otherwise.

    Raises:
        SettingsError: a value that cannot be used, naming the variable.
    """
    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"The setting {name} cannot be used: {first['msg'].lower()}.",
            f"Mend COACH_{name.upper()} or the line `{name}` in coach.toml.",
        ) from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"coach.toml cannot be read: {error}.", "Mend or remove the file.") from None
    if not settings.model:
        chosen = DEFAULT_OPENAI_MODEL if os.environ.get("OPENAI_API_KEY") else BUILTIN
        settings = settings.model_copy(update={"model": chosen})
    return settings


DEFAULT_OPENAI_MODEL = "openai:gpt-5.4-mini"


def quiet_third_parties() -> None:
    """Switch off analytics and hub contact of the libraries; must run before they are imported."""
    os.environ.update(
        GRADIO_ANALYTICS_ENABLED="False",
        HF_HUB_OFFLINE="1",
        HF_HUB_DISABLE_TELEMETRY="1",
        ANONYMIZED_TELEMETRY="False",
        CHROMA_TELEMETRY_IMPL="",
        LANGCHAIN_TRACING_V2="false",
        LANGSMITH_TRACING="false",
        DO_NOT_TRACK="1",
    )
