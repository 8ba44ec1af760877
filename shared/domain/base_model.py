"""The base of every model: pydantic's, whose errors quote no input.

A model reads what people sent or what is stored; an error that quotes it would carry a name, a number or a text into
the logs. A test holds every model to this base (`tests/architecture/test_models.py`).
"""

from __future__ import annotations

import pydantic


class BaseModel(pydantic.BaseModel):
    """A model whose validation errors name the place and the rule, never the value."""

    model_config = pydantic.ConfigDict(hide_input_in_errors=True)
