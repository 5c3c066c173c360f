"""Zendesk: the history of a field of tickets, which is what people set a category to, and when."""

from typing import Final

from monitor.log.systems.system import Part, System

ZENDESK: Final = System(
    name="zendesk",
    title="Zendesk ticket field history",
    reads="table or files `ticket_field_history`, as Fivetran and Airbyte write it",
    labels=Part(
        known_by=(frozenset({"ticket_id", "field_name", "value", "updated"}),),
        settings={
            "columns": {"id": "ticket_id", "label": "value", "at": "updated", "labeller": "user_id?"},
            "where_not": {"value": None},
        },
        asks={"where.field_name": "the field that holds the true class"},
    ),
)
