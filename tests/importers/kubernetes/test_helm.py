"""Helm templates that nobody rendered, read with the values files of their chart."""

from __future__ import annotations

import time

import pytest

from topoplan.model.facts import CallFact, ServiceFact
from topoplan_importers.kubernetes.template_functions import UNKNOWN_TEXT
from topoplan_importers.kubernetes.templating import Renderer, TooMuchError, parse

VALUES = {
    "host": "cart",
    "port": 80,
    "on": True,
    "off": False,
    "list": ["a", "b"],
    "map": {"k": "v"},
    "text": "{{ .Values.host }}",
}
DEFINED = '{{- define "name" }}{{ .Chart.Name | trunc 63 }}{{ end -}}'


def render(text: str) -> str:
    root = {"Values": VALUES, "Chart": {"Name": "shop"}}
    nodes, defined = parse(DEFINED + text)
    return Renderer(root, defined).render(nodes).text


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        ("http://{{ .Values.host }}:{{.Values.port}}/", "http://cart:80/"),
        ("{{ .Values.none }}", ""),
        ('{{ .Values.none | default "x" | quote }}', '"x"'),
        ("{{ default .Values.host .Values.none }}", "cart"),
        ("{{ if .Values.on }}a{{ else }}b{{ end }}", "a"),
        ('{{ if and .Values.on .Values.off }}a{{ else if eq .Values.host "cart" }}b{{ else }}c{{ end }}', "b"),
        ("{{ if .Values.off }}a{{ else if .Values.off }}b{{ else }}c{{ end }}", "c"),
        ("{{ if not .Values.off }}a{{ if .Values.on }}b{{ end }}{{ end }}", "ab"),
        ("a\n{{- if .Values.on }}\nb\n{{- end }}\nc", "a\nb\nc"),
        ("{{ range .Values.list }}{{ . }},{{ end }}", "a,b,"),
        ("{{ range $k, $v := .Values.map }}{{ $k }}={{ $v }}{{ $.Values.host }}{{ end }}", "k=vcart"),
        ("{{ with .Values.map }}{{ .k }}{{ end }}{{ with .Values.none }}x{{ end }}", "v"),
        ("{{ $x := .Values.host }}{{ $x }}", "cart"),
        ('{{ include "name" . }}-{{ template "name" . }}', "shop-shop"),
        ('{{ printf "%s-%s" .Chart.Name (.Values.host | upper) }}', "shop-CART"),
        ('{{ (index .Values "map").k }}', "v"),
        ("{{ tpl .Values.text . }}", "cart"),
        ("x:\n{{ toYaml .Values.map | indent 2 }}", 'x:\n  "k": "v"'),
        ("{{/* a comment }} */}}a", "a"),
        ('{{ lookup "v1" "x" }}', UNKNOWN_TEXT),
        ('{{ include "missing" . }}', UNKNOWN_TEXT),
        ('{{ if .Capabilities.APIVersions.Has "x" }}a{{ else }}b{{ end }}', "b"),
        ("{{ | }}", UNKNOWN_TEXT),
        ('{{ trunc "x" 3 }}', UNKNOWN_TEXT),
    ],
)
def test_the_language(template, wanted):
    assert render(template) == wanted


@pytest.mark.parametrize(
    "template",
    [
        '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
        '{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
        "{{ if .x }}" * 500,
        "{{ " + "(" * 500 + " }}",
        "{{ range $.Values.list }}" * 30 + "x" * 1000 + "{{ end }}" * 30,
    ],
    ids=range(5),
)
def test_no_template_runs_away(template):
    started = time.process_time()
    with pytest.raises((TooMuchError, RecursionError)):
        render(template)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("text", ["{{" * 50_000, '{{ "' * 20_000, "{{-" * 50_000 + "}}", "{{/*" * 20_000], ids=range(4))
def test_broken_templates_end(text):
    started = time.process_time()
    parse(text)
    assert time.process_time() - started < 5


CHART = {
    "shop/Chart.yaml": "name: shop\n",
    "shop/values.yaml": "cart: {url: 'http://cart:80'}\nextra: {on: false}\npassword: hunter2\n",
    "shop/templates/_helpers.tpl": '{{- define "shop.name" -}}{{ printf "%s-%s" .Release.Name .name }}{{- end -}}',
    "shop/templates/web.yaml": """{{- if .Values.cart }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: {{ .Values.image }}/web:{{ .Chart.AppVersion }}
          env:
            - {name: CART_URL, value: "{{ .Values.cart.url }}"}
            - {name: MAIL_URL, value: "http://{{ lookup .Values.x }}:80"}
            - {name: DB_PASSWORD, value: "{{ .Values.password }}"}
{{- end }}
""",
    "shop/templates/extra.yaml": "{{ if .Values.extra.on }}\napiVersion: v1\nkind: Pod\nmetadata: {name: x}{{end}}",
    "shop/charts/cart/Chart.yaml": "name: cart\n",
    "shop/charts/cart/values.yaml": "image: {name: none}\n",
    "shop/charts/cart/templates/all.yaml": """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Chart.Name }}
  namespace: {{ .Release.Namespace }}
spec: {template: {spec: {containers: [{name: cart, image: "{{ .Values.url }}"}]}}}
""",
}


def test_a_chart(read):
    imported = read(CHART)
    (call,) = (f for f in imported.facts if isinstance(f, CallFact))
    assert (call.consumer.name, call.provider.name) == ("web", "cart")
    assert (str(call.evidence.where), call.evidence.confidence.value) == ("shop/templates/web.yaml:14", "medium")
    services = {f.party.name: f for f in imported.facts if isinstance(f, ServiceFact)}
    assert sorted(services) == ["cart", "web"]
    assert str(services["web"].evidence.where) == "shop/templates/web.yaml:5"
    assert services["cart"].image == "http://cart:80", "values of the chart around it count"
    assert "hunter2" not in repr(imported.facts)
    assert {s.path.rpartition("/")[2]: s.reason for s in imported.sources} == {
        "Chart.yaml": "Helm chart",
        "all.yaml": "unrendered Helm template, read with values.yaml",
        "web.yaml": "unrendered Helm template, read with values.yaml",
        "extra.yaml": "unrendered Helm template; values.yaml leaves nothing of it",
    }


def test_a_plain_manifest_counts_before_a_template(read):
    plain = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: x, env: [{name: MAIL_URL, value: "http://cart:80"}]}]}}}
"""
    imported = read({**CHART, "deep/er/manifests/web.yaml": plain})
    (call,) = (f for f in imported.facts if isinstance(f, CallFact))
    assert (call.evidence.where.path, call.evidence.confidence.value) == ("deep/er/manifests/web.yaml", "high")
