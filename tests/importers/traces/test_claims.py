"""Which files are traces, told by their first 4 KiB."""

from __future__ import annotations

import json

import pytest
from trace_files import IMPORTERS

from topoplan.importing.contract import Candidate

SPAN = {"traceId": "1", "id": "2", "parentId": "3", "localEndpoint": {"serviceName": "a"}}
TEXTS = {
    '{"resourceSpans":[]}': "otlp",
    '{ "resourceSpans" : [ {"resource": {}}]}': "otlp",
    'not json\n{"resourceSpans":[': "",
    '{"oops\n{"resourceSpans":[': "otlp",
    '{"batches":[{"resource":{}}]}': "otlp",
    '[{"resource":{},"scopeSpans":[': "otlp",
    '{"resourceLogs":[': "otlp",
    '{"data":[{"traceID":"1","spans":[': "jaeger",
    '{"data":[{"processes":{"p1":{"serviceName":"a"': "jaeger",
    '{"data":[{"parent":"a","child":"b","callCount":1}],"total":0}': "jaeger",
    '[{"parent":"a","child":"b","callCount":1}]': "zipkin",
    '[{"parent":"a","child":"b","callCount":1,"errorCount":0}]': "zipkin",
    json.dumps([SPAN]): "zipkin",
    json.dumps(SPAN): "zipkin",
    '[[{"traceId":"1","id":"2","annotations":[{"endpoint":{}}]}]]': "zipkin",
    '{"openapi":"3.0.0","components":{"schemas":{"E":{"example":{"resourceSpans":[]}}}}}': "",
    '{"$schema":"http://json-schema.org/x","properties":{"traceID":{},"spans":{}}}': "",
    '{"name":"package","dependencies":{"zipkin":"1"}}': "",
    '{"traceId":"1","spanId":"2","parentId":"3","id":"4","message":"a log line"}': "",
    '# Title\n```json\n{"resourceSpans":[]}\n```': "",
    "": "",
    "\x00\x01": "",
    "[]": "",
    '{"services":{"a":{"image":"b"}}}': "",
    '{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":[]}': "",
}


@pytest.mark.parametrize("text", TEXTS)
def test_claims(text: str) -> None:
    candidate = Candidate("x.json", "x.json", len(text), text.encode()[:4096])
    assert "".join(i.name for i in IMPORTERS if i.claims(candidate)) == TEXTS[text]
