"""The files that the configuration is read from, so that a change of one can be seen."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from config.loading import document_file, secrets_folder
from config.settings import PREFIX

Stamps = tuple[tuple[str, str], ...]


def stamps(file: Path | None = None, *, environ: Mapping[str, str] | None = None) -> Stamps:
    """How the file and the secret files are now: pairs of the path and a digest, or why it cannot be read.

    By what is in them and not by their times: those of mounted files say little.
    """
    environ = os.environ if environ is None else environ
    folder = secrets_folder(environ)
    try:
        secret = sorted(each for each in folder.iterdir() if each.name.upper().startswith(PREFIX)) if folder else []
    except OSError as error:
        secret, found = [], [(str(folder), str(error.strerror))]
    else:
        found = []
    named = document_file(file, environ)
    return (*found, *((str(each), _digest(each)) for each in (*secret, *([named] if named else []))))


def _digest(file: Path) -> str:
    try:
        return hashlib.blake2s(file.read_bytes()).hexdigest()
    except OSError as error:
        return str(error.strerror)
