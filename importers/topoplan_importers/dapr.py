"""How Dapr names the program that is called: by its app id in a path or a header, whatever the address before it.

Formats: https://docs.dapr.io/reference/api/service_invocation_api/
"""

from __future__ import annotations

import re

_INVOKED = re.compile(r"v1\.0/invoke/(?P<app>[A-Za-z0-9][\w.-]{0,120})/method(?![\w-])")
HEADER = "dapr-app-id"
"""Header, or gRPC metadata, with the app id of the program to call."""


def invoked_app(text: str) -> str:
    """The app id in the path of a service invocation without its namespace, lower case; empty when there is none."""
    match = _INVOKED.search(text)
    return match["app"].partition(".")[0].lower() if match else ""
