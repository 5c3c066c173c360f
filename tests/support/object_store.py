"""An S3 for tests: moto's server, on a port of its own, and what a program needs to find it."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch


@dataclass(frozen=True)
class ObjectStore:
    """A server that runs; `fs` is s3fs's file system of it, through which tests write."""

    address: str
    fs: Any


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Serve an empty S3, which the environment names as long as it runs."""
    import s3fs  # noqa: PLC0415 - a second of imports, for those who need them
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        address = "http://{}:{}".format(*server.get_host_and_port())
        with patch.dict(os.environ, variables(address)):
            yield ObjectStore(address, s3fs.S3FileSystem(endpoint_url=address, skip_instance_cache=True))
    finally:
        server.stop()


def variables(address: str) -> Mapping[str, str]:
    """What those who use S3 set."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "planted-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
