"""Choose between values."""

from typing import Annotated, Any

from engine.catalogue.define import In, Out, node


@node(
    "logic.switch",
    title="Switch",
    category="Values",
    lane="inline",
    keywords=["if", "choose", "condition", "else", "select", "toggle"],
)
def switch(
    condition: Annotated[bool, In("Which of the two to take")],
    on_true: Annotated[Any, In("Taken if the condition is true")],
    on_false: Annotated[Any, In("Taken if the condition is false")],
) -> Annotated[Any, Out("value", "The value taken")]:
    """Take one of two values, which may be of any type."""
    return on_true if condition else on_false
