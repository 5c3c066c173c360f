"""What every section of the configuration has in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints


class Section(BaseModel):
    """A part of the configuration: frozen, and a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, use_attribute_docstrings=True)


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A name that the operator gives: of a column, a table, a class."""
