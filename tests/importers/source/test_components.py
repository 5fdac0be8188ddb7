"""What Dapr's components lead to, and who uses them."""

from __future__ import annotations

import pytest

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.model.facts import CallFact, NodeKind, SourceState, Style

COMPONENT = """apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: {name}}}
spec:
  type: {type}
  metadata:
  - {{name: {key}, value: "{value}"}}
  - {{name: password, value: h1dden}}
"""


def component(name: str, kind: str, key: str, value: str, scopes: tuple[str, ...] = ()) -> str:
    written = COMPONENT.format(name=name, type=kind, key=key, value=value)
    return written + "".join(["scopes:\n", *(f"- {scope}\n" for scope in scopes)] if scopes else [])


def calls(imported: Imported) -> list[CallFact]:
    return [fact for fact in imported.facts if isinstance(fact, CallFact)]


@pytest.mark.parametrize(
    ("kind", "key", "value", "provider", "protocol"),
    [
        ("state.redis", "redisHost", "cache:6379", ("cache", NodeKind.DATASTORE, "redis"), "redis"),
        ("state.redis", "redisHost", "localhost:6379", ("redis", NodeKind.DATASTORE, "redis"), "redis"),
        ("pubsub.rabbitmq", "host", "amqp://u:h1dden@bus:5672", ("bus", NodeKind.BROKER, "rabbitmq"), "amqp"),
        ("pubsub.kafka", "brokers", "k1:9092", ("k1", NodeKind.BROKER, "kafka"), "kafka"),
        ("bindings.smtp", "host", "post", ("post", None, ""), "smtp"),
    ],
)
def test_a_component_leads_to_what_plays_it(read, kind, key, value, provider, protocol):
    imported = read({"dapr/part.yaml": component("part", kind, key, value, ("shop",))})
    (call,) = calls(imported)
    assert (call.consumer.name, call.evidence.rule, call.protocol) == ("shop", "dapr-scope", protocol)
    assert (call.provider.name, call.provider.kind, call.provider.technology) == provider
    assert call.style is (Style.RESOURCE if provider[1] else Style.SYNC)
    assert "h1dden" not in repr(imported)


@pytest.mark.parametrize("kind", ["secretstores.local.file", "bindings.cron", "middleware.http.oauth2"])
def test_a_component_that_is_nobody_else_leads_nowhere(read, kind):
    assert calls(read({"part.yaml": component("part", kind, "schedule", "x", ("shop",))})) == []


def test_without_scopes_those_use_a_component_that_name_it(read):
    files = {
        "dapr/bus.yaml": component("orders-bus", "pubsub.rabbitmq", "host", "amqp://bus"),
        "shop/a.py": "from dapr.clients import DaprClient\nBUS = 'orders-bus'\n",
        "mail/a.py": "BUS = 'orders-bus'\n",
        "stock/a.py": "import dapr\nBUS = 'orders-bus-2'\n",
    }
    (call,) = calls(read(files))
    assert (call.consumer.path, call.provider.name, call.evidence.rule) == ("shop/a.py", "bus", "dapr-component")
    assert call.evidence.where.line == 2
    assert calls(read(files, ImportOptions(read_source=False))) == []


def test_of_several_variants_one_that_says_where_counts(read):
    files = {
        "components/state.yaml": component("state", "state.redis", "redisHost", "localhost:6379", ("shop",)),
        "deploy/state.yaml": component("state", "state.redis", "redisHost", "cache:6379", ("shop",)),
    }
    assert [call.provider.name for call in calls(read(files))] == ["cache"]


def test_a_template_is_skipped_and_a_broken_file_told(read):
    broken = component("part", "state.redis", "redisHost", "cache:6379") + "x: [\n"
    imported = read({"a.yaml": "{{- if .Values.dapr }}\n" + broken, "b.yaml": broken})
    assert [source.state for source in imported.sources] == [SourceState.SKIPPED, SourceState.FAILED]
