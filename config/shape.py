"""The shape of the configuration: which keys there are below a key, read off the models."""

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

Path = tuple[str, ...]
UNIONS: Final = (Union, types.UnionType)


def alternatives(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - an annotation can be anything
    """Return the plain types that an annotation allows: Annotated and unions taken apart."""
    if get_origin(annotation) is Annotated:
        return alternatives(get_args(annotation)[0])
    if get_origin(annotation) in UNIONS:
        return tuple(plain for part in get_args(annotation) for plain in alternatives(part))
    return (annotation,)


def section_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    """Return the section that may stand here, or None."""
    plain = alternatives(annotation)
    return next((kind for kind in plain if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def named_in(annotation: Any) -> Any:  # noqa: ANN401
    """Return what each value must be where keys are free to choose, such as monitors; None elsewhere."""
    return next((get_args(kind)[1] for kind in alternatives(annotation) if get_origin(kind) is dict), None)


def items_in(annotation: Any) -> Any:  # noqa: ANN401
    """Return the section that each item must be where a list of sections may stand, such as routes; None elsewhere."""
    items = (get_args(kind)[0] for kind in alternatives(annotation) if get_origin(kind) is tuple)
    return next((item for item in items if section_in(item) is not None), None)


def fields_of(section: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a section by their keys, which are words that Python may not have for a name."""
    return {field.alias or name: field for name, field in section.model_fields.items()}


def below(annotation: Any, key: str) -> Any:  # noqa: ANN401
    """Return the annotation of `key` below this one, or None where there is no such key."""
    section = section_in(annotation)
    if section is None:
        items = items_in(annotation)
        return named_in(annotation) if items is None else items
    field = fields_of(section).get(key)
    return field.annotation if field else None


def keys_at(annotation: Any, path: Path) -> tuple[str, ...]:  # noqa: ANN401
    """Return the known keys of the section at `path`; none where keys are free, or where there is no section."""
    for key in path:
        annotation = below(annotation, key)
    section = section_in(annotation)
    return tuple(fields_of(section)) if section else ()


def annotation_at(annotation: Any, path: Path) -> Any:  # noqa: ANN401
    """Return the annotation of the value at `path`, None where there is no such key."""
    for key in path:
        annotation = below(annotation, key)
    return annotation


def is_secret(annotation: Any, path: Path) -> bool:  # noqa: ANN401
    """Whether the value at `path` must not be shown."""
    return SecretStr in alternatives(annotation_at(annotation, path)) or path[-1:] == ("url",)


def leaves(annotation: Any, tree: object, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401
    """Yield the path of every key that takes a value, under the free names that `tree` uses."""
    given = tree if isinstance(tree, Mapping) else {}
    if section := section_in(annotation):
        for key, field in fields_of(section).items():
            yield from leaves(field.annotation, given.get(key), (*path, key))
    elif (item := items_in(annotation)) is not None and isinstance(tree, list):
        for place, each in enumerate(tree):
            yield from leaves(item, each, (*path, str(place)))
    elif (value := named_in(annotation)) is not None:
        for name in given:
            yield from leaves(value, given[name], (*path, str(name)))
    else:
        yield path
