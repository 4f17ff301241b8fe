"""Settings: flags over environment (`BLOCKLOOM_*`) over a TOML file over defaults."""

import ipaddress
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import ByteSize, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)  # fmt: skip

from engine.errors import BlockloomError, Problem
from engine.service import EngineConfig

MB = 2**20
GB = 2**30


class Settings(BaseSettings):
    """Every setting. Sizes take numbers of bytes or texts like `256 MB`."""

    model_config = SettingsConfigDict(env_prefix="BLOCKLOOM_", extra="forbid", frozen=True, env_ignore_empty=True)

    host: str = Field("127.0.0.1", description="Address to listen on. Any other than this machine's own needs `token`.")
    port: int = Field(8188, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    open_browser: bool = Field(True, description="Open the canvas in a browser when the server starts.")
    token: str | None = Field(
        None, min_length=8, description="Requests must bring this secret: as `Authorization: Bearer`, or once as "
        "`?token=` in the browser, which then keeps it as a cookie.",
    )  # fmt: skip
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        [], description="Further names under which the server may be addressed (`Host` header), separated by commas.",
    )  # fmt: skip
    allowed_origins: Annotated[list[str], NoDecode] = Field(
        [], description="Web pages of other origins that may use the server, such as `https://example.org`.",
    )  # fmt: skip
    data: Path = Field(
        platformdirs.user_data_path("blockloom", appauthor=False), validate_default=True,
        description="Folder for everything the server keeps: runs, graphs, artifacts, cached results.",
    )  # fmt: skip
    input: Path | None = Field(
        None, description="The only folder nodes read files from; default: `input` below `data`."
    )
    output: Path | None = Field(None, description="The folder nodes save files to. Default: `output` below `data`.")
    nodes: Path | None = Field(None, description="Folder of your own node packs. Default: `nodes` below `data`.")
    models: Path | None = Field(
        None, description="Folder with model repos in diffusers layout, beside the Hugging Face cache. "
        "Default: `models` below `data`.",
    )  # fmt: skip
    blocks: Path | None = Field(
        None, description="Folder of your own block repos, read anew when they change. Default: `blocks` below `data`."
    )
    remote_code: bool = Field(
        True, description="Let code of block repos run once you have approved it. Off: none runs, approved or not."
    )
    pickles: bool = Field(
        False, description="Load pickled weights where a repo has no safetensors. They can run code; avoid them."
    )
    offline: bool = Field(False, description="Never download; use only models that are on this machine.")
    upload_bytes: ByteSize = Field(ByteSize(256 * MB), gt=0, description="Largest file that may be uploaded.")
    json_bytes: ByteSize = Field(ByteSize(110 * MB), gt=0, description="Largest JSON body of a request.")
    results_memory: ByteSize = Field(ByteSize(2 * GB), description="Memory for results in the worker.")
    results_disk: ByteSize = Field(ByteSize(10 * GB), description="Disk space for cached results.")
    artifacts_disk: ByteSize = Field(ByteSize(20 * GB), description="Disk space for pictures, videos and uploads.")
    history_runs: int = Field(1000, ge=0, description="How many ended runs are kept; the oldest go first.")
    models_memory: ByteSize | None = Field(None, description="Memory for models; by default what the device has.")
    worker_memory: ByteSize | None = Field(None, description="A worker that takes more memory is stopped. No limit.")
    cpu_threads: int = Field(4, ge=1, le=256, description="How many nodes of the cpu lane run at once.")
    preview_rate: float = Field(8.0, ge=0, le=60, description="Previews per second and node at most; 0 for none.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What the log shows.")

    @field_validator("allowed_hosts", "allowed_origins", mode="before")
    @classmethod
    def _comma_separated(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("data", "input", "output", "nodes", "models", "blocks", mode="after")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value if value is None else value.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the server."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def models_folder(self) -> Path:
        return self.models or self.data / "models"

    @property
    def blocks_folder(self) -> Path:
        return self.blocks or self.data / "blocks"

    def engine_config(self, builtin_packs: tuple[str, ...] = ("nodes:load",)) -> EngineConfig:
        """What the engine must know, with the folders below `data` filled in."""
        return EngineConfig(
            builtin_packs=builtin_packs,
            data_dir=self.data,
            input_dir=self.input or self.data / "input",
            output_dir=self.output or self.data / "output",
            nodes_dir=self.nodes or self.data / "nodes",
            results_memory=int(self.results_memory),
            results_disk=int(self.results_disk),
            artifacts_disk=int(self.artifacts_disk),
            history_runs=self.history_runs,
            models_memory=_plain(self.models_memory),
            worker_memory=_plain(self.worker_memory),
            cpu_threads=self.cpu_threads,
            preview_rate=self.preview_rate,
            settings={
                "models": str(self.models_folder),
                "blocks": str(self.blocks_folder),
                "offline": self.offline,
                "remote_code": self.remote_code,
                "pickles": self.pickles,
            },
        )


def config_path() -> Path:
    """The TOML file that is read when no other is named."""
    return platformdirs.user_config_path("blockloom", appauthor=False) / "blockloom.toml"


def load_settings(config: Path | None = None, **flags: Any) -> Settings:
    """Settings from all sources; flags that are None count as not given.

    Raises BlockloomError with one sentence per wrong setting.
    """
    if config is not None and not config.is_file():
        raise _wrong(f"The settings file {config} does not exist.", "Name an existing file with --config.")
    path = config or config_path()

    class FileSettings(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        return FileSettings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        raise BlockloomError([_setting_problem(part["loc"], part["msg"]) for part in error.errors()]) from error
    except ValueError as error:  # tomllib.TOMLDecodeError, an undecodable file
        raise _wrong(f"The settings file {path} is not valid TOML: {error}.", "Mend the file.") from error


def misspelt_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Environment variables that set nothing, each with the setting that was probably meant."""
    known = [f"BLOCKLOOM_{name.upper()}" for name in Settings.model_fields]
    odd = (name for name in environment if name.upper().startswith("BLOCKLOOM_") and name.upper() not in known)
    near = {name: get_close_matches(name.upper(), known, n=1, cutoff=0.85) for name in odd}
    return {name: found[0] for name, found in near.items() if found}


def require_token(settings: Settings) -> None:
    """Raise BlockloomError if other machines could use the server without a secret."""
    if settings.token or is_loopback(settings.host):
        return
    raise _wrong(
        f"Listening on {settings.host!r} lets other machines use this server, so it needs a token.",
        "Set one, for example BLOCKLOOM_TOKEN=$(openssl rand -hex 24), or listen on 127.0.0.1.",
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _plain(size: ByteSize | None) -> int | None:
    """A plain int: only those travel to a worker."""
    return None if size is None else int(size)


def _setting_problem(location: tuple[int | str, ...], message: str) -> Problem:
    name = str(location[0]) if location else ""
    if name not in Settings.model_fields:
        return Problem(code="unknown_setting", message=f"There is no setting {name!r}.", remedy="Check its spelling.")
    about = Settings.model_fields[name].description or ""
    message = message.removeprefix("Value error, ")
    return Problem(code="bad_setting", message=f"The setting {name!r} is wrong: {message}.", remedy=f"It is: {about}")


def _wrong(message: str, remedy: str) -> BlockloomError:
    return BlockloomError(Problem(code="bad_setting", message=message, remedy=remedy))
