"""Object stores, such as S3, that a log may lie in."""

from typing import Any, Final, NamedTuple

from pydantic import Field, field_validator

from config.base import Name, Section


class Extra(NamedTuple):
    """What reads a kind of address: the extra of tunewatch that installs it, and the module."""

    name: str
    module: str


EXTRAS: Final = {
    "s3": Extra("s3", "s3fs"),
    "gs": Extra("gcs", "gcsfs"),
    "az": Extra("azure", "adlfs"),
    "abfs": Extra("azure", "adlfs"),
    "http": Extra("s3", "aiohttp"),
    "https": Extra("s3", "aiohttp"),
}
"""What reads an address, by its scheme."""

_SECRETS: Final = ("secret", "password", "token", "credential", "account_key", "sas", "connection_string", "key")


class ObjectStorageSettings(Section):
    """How addresses such as s3://bucket/log-*.parquet in `files` are read: each is copied once, then read here."""

    folder: Name | None = None
    """Folder that keeps the copies from one start to the next; unset, one that goes with the process."""
    options: dict[Name, Any] = Field(default_factory=dict)
    """Options of the store's fsspec file system, such as `profile`; credentials go in the environment."""

    @field_validator("options")
    @classmethod
    def _holds_no_secret(cls, options: dict[str, Any]) -> dict[str, Any]:
        for name in _names(options):
            if name.lower() in _SECRETS or any(name.lower().endswith(f"_{word}") for word in _SECRETS):
                raise ValueError(
                    f"{name} is a secret, which does not belong into a file; leave it out and set it in the "
                    "environment, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile"
                )
        return options


def _names(options: dict[str, Any]) -> list[str]:
    nested = [value for value in options.values() if isinstance(value, dict)]
    return [*map(str, options), *(name for value in nested for name in _names(value))]
