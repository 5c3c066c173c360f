"""What every section of the configuration has in common."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from config.names import bounded


class Section(BaseModel):
    """A part of the configuration: frozen, and a key that it does not know is an error."""

    # No `use_attribute_docstrings`: it reads the source of each class anew, a third of the time that all of them take.
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_means_defaults(cls, value: Any) -> Any:  # noqa: ANN401 - pydantic hands over whatever was written
        """In YAML, `class_recall:` with nothing after it is null."""
        return {} if value is None else value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A name that the operator gives: of a column, a table, a class."""

LogName = Annotated[Name, AfterValidator(bounded)]
"""A name as the log has it, bounded as those of the log are."""

Share = Annotated[float, Field(ge=0, le=1)]
"""From 0 to 1."""

Ratio = Annotated[float, Field(gt=1)]
"""How many times as much, above 1."""

Milliseconds = Annotated[float, Field(gt=0)]
