"""Objects of a store such as S3, copied once into a folder, so that they are read as files are.

Each version of an object has a place of its own, by a digest of its address and of what the store says of its version.
A copy is moved there whole, so what is there is what is in the store; nothing needs to be remembered.
"""

import hashlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeVar

from config.object_storage import EXTRAS, ObjectStorageSettings
from monitor.common.errors import SourceError
from monitor.common.logs import get_logger
from monitor.log.files.copies import Copies

_LOG = get_logger(__name__)

_AT_ONCE: Final = 8
"""Objects that are fetched side by side."""

_LISTINGS: Final = 3
"""How often a store is listed anew because an object was not what its listing said."""
_ABANDONED: Final = 86_400.0  # seconds after which nobody works on an unfinished copy any more

_VERSION: Final = (
    "ETag",
    "etag",
    "md5Hash",
    "content_md5",
    "generation",
    "VersionId",
    "LastModified",
    "last_modified",
    "updated",
    "mtime",
    "modified",
    "created",
)
"""What stores call the signs of an object's version."""  # fmt: skip

_TIMES: Final = ("LastModified", "last_modified", "updated", "mtime", "modified", "created")

_WEB_QUERY: Final = re.compile(r"(?<=\w)\?[^\s'\"]+")
"""The part of an address that signs it."""

Made = TypeVar("Made")


def is_remote(name: str) -> bool:
    """Whether the name is an address such as s3://bucket/log.parquet rather than a path."""
    return "://" in name


@dataclass(frozen=True, slots=True)
class _Object:
    """An object as it is listed: its path within the store, its size in bytes, its version ("": not known)."""

    path: str
    size: int | None
    version: str
    written: float | None  # seconds since 1970

    def place(self, folder: Path) -> Path:
        """Where its copy is; a name such as date=2026-11-01 of a folder above it is kept, since it may be a column."""
        digest = hashlib.sha256(f"{self.path}\n{self.version}".encode("utf-8", "surrogateescape")).hexdigest()[:24]
        path = PurePosixPath(shown(self.path))
        parts = [part for part in path.parent.parts if "=" in part]
        return folder.joinpath(digest, *parts, path.name)

    def is_at(self, place: Path) -> bool:
        """Whether its copy is there; one of another length, which a loss of power may leave, is none."""
        try:
            size = place.stat().st_size
        except FileNotFoundError:
            return False
        return bool(self.version) and self.size in {None, size}


class _Unlisted(Exception):  # noqa: N818 - it carries one
    """An OSError of a folder that cannot be listed; one itself, fsspec's walk would take the folder for empty."""


class Mirror:
    """Copies of objects, in the configured folder, or else in one of this process. Not for several threads at once."""

    def __init__(self, settings: ObjectStorageSettings, copies: Copies) -> None:
        """Nothing is connected before the first address."""
        self._settings = settings
        self._copies = copies
        self._stores: dict[str, Any] = {}

    def matches(self, address: str, key: str) -> dict[str, str]:
        """Return the paths of the copies of what the address, which may be a glob, names now, with the object of each.

        Old copies go. Raises SourceError if the store cannot be read, or an object not as it is listed, naming `key`
        and the address.
        """
        store = self._store(address, key)
        folder = self._folder / hashlib.sha256(address.encode()).hexdigest()[:24]
        other: list[str] = []
        for _ in range(_LISTINGS):
            try:
                listed = _asked(lambda: _listed(store, address), f"{key}: {shown(address)} cannot be listed")
            except FileNotFoundError:  # no such bucket, or nothing there
                return {}
            places = {each.place(folder): each for each in listed}
            _forget(folder, {place.relative_to(folder).parts[0] for place in places})
            missing = {place: each for place, each in places.items() if not each.is_at(place)}
            other = self._fetch(store, missing, folder, key)
            if not other:
                scheme = address.partition("://")[0]
                return {str(place): f"{scheme}://{each.path}" for place, each in places.items()}
        raise SourceError(
            f"{key}: {shown(other[0])} was not what the store had listed, {_LISTINGS} times: it is gone, or of another "
            "length. Is it written anew all the time, or stored with a Content-Encoding that is undone on the way? "
            "Rows would be missing without it"
        )

    def names(self, address: str) -> tuple[str, ...]:
        """Return the addresses of the objects right under a folder, an address that ends with a slash.

        Raises SourceError if the store cannot be read.
        """
        store = self._store(address, "source")
        try:
            found = _asked(lambda: store.ls(_within(store, address), detail=True), f"{address} cannot be listed")
        except FileNotFoundError:
            raise SourceError(f"{address} does not exist, or holds nothing") from None
        scheme = address.partition("://")[0]
        return tuple(f"{scheme}://{each['name'].lstrip('/')}" for each in found if each.get("type") != "directory")

    @cached_property
    def _folder(self) -> Path:
        chosen = self._settings.folder
        return Path(chosen) if chosen is not None else self._copies.folder("objects")

    def _store(self, address: str, key: str) -> Any:  # noqa: ANN401 - fsspec has no types
        scheme = address.partition("://")[0]
        if scheme not in self._stores:
            self._stores[scheme] = _asked(lambda: self._opened(scheme, address, key), f"{key}: {shown(address)}")
        return self._stores[scheme]

    def _opened(self, scheme: str, address: str, key: str) -> Any:  # noqa: ANN401
        extra = EXTRAS.get(scheme)
        if extra is not None and find_spec(extra.module) is None:
            raise SourceError(
                f"{key}: {address} is read with the package {extra.module}; install tunewatch[{extra.name}]"
            )
        import fsspec  # noqa: PLC0415 - only those who have such a log wait for it

        if scheme not in fsspec.available_protocols():
            raise SourceError(f"{key}: {address} is in no store that is known; known are {', '.join(EXTRAS)}")
        return _loud(fsspec.filesystem(scheme, skip_instance_cache=True, **self._settings.options))

    def _fetch(self, store: Any, missing: Mapping[Path, _Object], folder: Path, key: str) -> list[str]:  # noqa: ANN401
        """Copy objects; return the paths of those that are not what was listed."""
        if not missing:
            return []
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            copied = list(pool.map(lambda item: _copy(store, item[1], item[0], folder, key), missing.items()))
        sizes = [size for size in copied if size is not None]
        _LOG.info("objects copied", objects=len(sizes), megabytes=round(sum(sizes) / 1e6, 1), key=key)
        return [each.path for each, size in zip(missing.values(), copied, strict=True) if size is None]


def _loud(store: Any) -> Any:  # noqa: ANN401
    """The store, whose folders that cannot be listed are not taken for empty ones (see `_Unlisted`)."""
    if getattr(store, "async_impl", False):
        quiet = store._ls  # noqa: SLF001 - what its walk calls

        async def listing(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            with _unlisted():
                return await quiet(*args, **kwargs)

        store._ls = listing  # noqa: SLF001
    return store


@contextmanager
def _unlisted() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _Unlisted(error) from error


def _listed(store: Any, address: str) -> list[_Object]:  # noqa: ANN401
    store.invalidate_cache()
    path = _within(store, address)
    if any(sign in path for sign in "*?[") and not _is_web(address):
        found = store.glob(path, detail=True)
        infos = [info for _, info in sorted(found.items())]
    else:
        infos = [store.info(path)]
    return [_object(info) for info in infos if info.get("type", "file") == "file" and not _is_marker(info, address)]


def _is_marker(info: Mapping[str, Any], address: str) -> bool:
    """Whether it is what consoles put into a store to show an empty folder."""
    return str(info["name"]).endswith("/") and not _is_web(address)


def _is_web(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def shown(address: str) -> str:
    """An address as it may be shown: what stands after the question mark of a presigned one lets anybody in."""
    return address.partition("?")[0] if _is_web(address) else address


def _within(store: Any, address: str) -> str:  # noqa: ANN401
    return str(store._strip_protocol(address))  # noqa: SLF001 - what fsspec's own `url_to_fs` calls


def _object(info: Mapping[str, Any]) -> _Object:
    signs = [f"{sign}={info[sign]}" for sign in _VERSION if info.get(sign) is not None]
    size = info.get("size")
    times = (info.get(name) for name in _TIMES)
    written = next((seconds for time in times if (seconds := _seconds(time)) is not None), None)
    return _Object(str(info["name"]), size, " ".join((*signs, f"size={size}")) if signs else "", written)


def _seconds(time: object) -> float | None:
    if isinstance(time, datetime):
        return time.timestamp()
    return float(time) if isinstance(time, (int, float)) else None


def _copy(store: Any, each: _Object, place: Path, folder: Path, key: str) -> int | None:  # noqa: ANN401
    """Copy one object; return its bytes, None for one that is gone by now, or has another size than was listed."""
    unfinished = folder / f".{uuid.uuid4().hex}"  # also processes of two containers have one number
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _asked(lambda: store.get_file(each.path, str(unfinished)), f"{key}: {shown(each.path)} cannot be read")
        size = unfinished.stat().st_size
        if each.size is not None and size != each.size:  # written anew since it was listed
            return None
        if each.written is not None:
            os.utime(unfinished, (each.written, each.written))
        unfinished.chmod(0o600)
        unfinished.replace(place)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SourceError(
            f"{key}: {shown(each.path)} cannot be copied to {place.parent}: {error.strerror or error}; "
            "it needs room for the whole log: set source.object_storage.folder"
        ) from error
    else:
        return size
    finally:
        unfinished.unlink(missing_ok=True)


def _forget(folder: Path, kept: set[str]) -> None:
    """Remove the copies of what is no longer listed, and what somebody who was killed has left."""
    for old in _entries(folder):
        if old.name.startswith("."):
            with suppress(FileNotFoundError):
                if time.time() - old.lstat().st_mtime > _ABANDONED:
                    old.unlink()
        elif old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from list(folder.iterdir())
    except FileNotFoundError:
        return


def _asked(question: Callable[[], Made], what: str) -> Made:
    """Ask a store; what it raises becomes a SourceError, but for an object that is gone, which is FileNotFoundError."""
    try:
        return question()
    except (FileNotFoundError, SourceError):
        raise
    except Exception as raised:  # noqa: BLE001 - stores raise errors of their own libraries, which need not be installed
        error = raised.args[0] if isinstance(raised, _Unlisted) else raised
        if isinstance(error, PermissionError):
            refused = f"{what}: the store refuses it ({error}); check the credentials and their rights"
            raise SourceError(refused) from error
        raise SourceError(f"{what}: {_cause(error)}") from None  # what stands behind it may name a whole address


def _cause(error: Exception) -> str:
    name = type(error).__name__
    if name in {"NoCredentialsError", "PartialCredentialsError", "TokenRetrievalError", "DefaultCredentialsError"}:
        return f"{error}; set the credentials in the environment, such as AWS_ACCESS_KEY_ID, or a profile"
    return f"{name}: {_WEB_QUERY.sub('', str(error))}"
