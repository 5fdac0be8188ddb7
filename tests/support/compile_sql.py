"""Compiles the definition in relations to the SQL that the embedded engine keeps; needs Ibis.

python tests/support/compile_sql.py
"""

from __future__ import annotations

from topoplan_importers.traces.engines.duck import HEADING, SQL
from topoplan_importers.traces.engines.relational_stages import compiled


def sql() -> str:
    """What `duck.SQL` must hold."""
    return "\n".join(f"{HEADING}{name}\n{query}\n" for name, query in compiled("duckdb").items())


if __name__ == "__main__":
    SQL.write_text(sql(), "utf-8")
