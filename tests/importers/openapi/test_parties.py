"""Other parties a specification names become calls, concrete hosts only."""

from pathlib import Path

import pytest
from spec_reading import calls, read_specs, write

from topoplan.model.facts import NodeKind


def called(root: Path, text: str, path: str = "users/openapi.yaml") -> list[tuple[str, str, str]]:
    write(root, {path: text})
    return [(fact.provider.name, fact.evidence.rule, str(fact.evidence.where)) for fact in calls(read_specs(root))]


BACKEND = """\
openapi: 3.0.0
paths:
  /users:
    get:
      x-amazon-apigateway-integration: {type: http, uri: 'http://users.internal:8080/users'}
  /orders:
    get:
      x-google-backend:
        address: https://orders-abc.a.run.app/x?token=s3cr3t
    put:
      x-google-backend: {address: 'https://orders-abc.a.run.app'}
    delete:
      x-amazon-apigateway-integration:
        uri: arn:aws:apigateway:eu:lambda:path/2015-03-31/functions/arn:aws:lambda:eu:1:function:purge/invocations
    patch:
      x-amazon-apigateway-integration: {uri: 'https://${stageVariables.host}/x'}
"""


def test_back_ends_of_gateways(tmp_path: Path) -> None:
    assert called(tmp_path, BACKEND, "edge/openapi.yaml") == [
        ("orders-abc.a.run.app", "gateway-backend", "edge/openapi.yaml:9"),
        ("purge", "gateway-backend", "edge/openapi.yaml:14"),
        ("users.internal", "gateway-backend", "edge/openapi.yaml:5"),
    ]


def test_parties_are_external_when_public_and_free_of_secrets(tmp_path: Path) -> None:
    write(tmp_path, {"edge/openapi.yaml": BACKEND})
    imported = read_specs(tmp_path)
    kinds = {fact.provider.name: fact.provider.kind for fact in calls(imported)}
    assert kinds == {"orders-abc.a.run.app": NodeKind.EXTERNAL, "purge": None, "users.internal": None}
    assert {(fact.consumer.name, fact.consumer.scope) for fact in calls(imported)} == {("edge", "edge/openapi.yaml")}
    assert "s3cr3t" not in repr(imported)


@pytest.mark.parametrize(
    "url",
    ["http://m4ria:1234/p4rt@gate/v1", "http://m4ria:p4rt@t41l@gate/v1", "https://p4rt/t41l@gate", "//p4rt?t41l@gate"],
)
def test_no_piece_of_malformed_credentials_reaches_anything(url: str, tmp_path: Path) -> None:
    text = f"""\
openapi: 3.0.0
servers: [{{url: '{url}'}}]
paths:
  /users:
    get: {{x-google-backend: {{address: '{url}'}}, responses: {{'200': {{description: ok}}}}}}
components: {{securitySchemes: {{o: {{type: openIdConnect, openIdConnectUrl: '{url}'}}}}}}
"""
    write(tmp_path, {"users/openapi.yaml": text})
    imported = read_specs(tmp_path)
    assert imported.facts
    assert not any(piece in repr((imported.facts, imported.notices)) for piece in ("m4ria", "1234", "p4rt", "t41l"))


def test_callbacks_to_a_concrete_host(tmp_path: Path) -> None:
    text = """\
openapi: 3.0.0
paths:
  /subscribe:
    post:
      callbacks:
        told: {'{$request.body#/callbackUrl}': {post: {}}}
        fixed: {'http://notify:8080?id={$request.body#/id}': {post: {}}}
        own: {'{$request.query.url}': {post: {servers: [{url: 'https://hooks.internal'}]}}}
"""
    assert called(tmp_path, text) == [
        ("hooks.internal", "callback", "users/openapi.yaml:8"),
        ("notify", "callback", "users/openapi.yaml:7"),
    ]


def test_webhooks_to_a_concrete_host(tmp_path: Path) -> None:
    text = """\
openapi: 3.1.0
paths: {}
webhooks:
  created: {post: {}}
  moved:
    servers: [{url: 'http://audit:80'}]
    post: {}
"""
    assert called(tmp_path, text) == [("audit", "webhook", "users/openapi.yaml:6")]


def test_identity_providers(tmp_path: Path) -> None:
    text = """\
openapi: 3.0.0
paths: {/a: {get: {}}}
components:
  securitySchemes:
    oidc: {type: openIdConnect, openIdConnectUrl: 'https://login.acme.io/.well-known/openid-configuration'}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'http://keycloak:8080/token'}}}
    relative: {type: oauth2, flows: {password: {tokenUrl: /token}}}
    example: {type: openIdConnect, openIdConnectUrl: 'https://example.com/x'}
"""
    assert called(tmp_path, text) == [
        ("keycloak", "oauth-token-url", "users/openapi.yaml:6"),
        ("login.acme.io", "openid-connect", "users/openapi.yaml:5"),
    ]


@pytest.mark.parametrize("own", ["servers: [{url: 'http://users:80'}]", "x: 1"])
def test_its_own_servers_are_no_parties(tmp_path: Path, own: str) -> None:
    text = f"openapi: 3.0.0\n{own}\npaths: {{}}\nx-google-backend: {{address: 'http://users:80'}}\n"
    assert [name for name, _, _ in called(tmp_path, text)] == ([] if "users" in own else ["users"])


def test_swagger_2_token_urls(tmp_path: Path) -> None:
    text = "swagger: '2.0'\npaths: {}\nsecurityDefinitions: {o: {type: oauth2, tokenUrl: 'https://auth.internal/t'}}\n"
    assert called(tmp_path, text) == [("auth.internal", "oauth-token-url", "users/openapi.yaml:3")]
