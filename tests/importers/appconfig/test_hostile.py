"""Configuration that means harm, or nothing: bounded work, no exception, no secret, every file accounted for."""

from __future__ import annotations

import time

import pytest

from topoplan.model.codec import encode

HARM = {
    "application.yml": "a: " + "[" * 5000,
    "application.properties": "=\n:\n \n\\\n"
    + "a" * 100_000
    + "\nb="
    + "${" * 5000
    + "\nc=${c}\nd=${e}\ne=${d}x${d}\n",
    "appsettings.json": "/*" * 200_000,
    "appsettings.A.json": '{"a":"' + '\\"' * 100_000,
    "appsettings.B.json": "[" * 100_000,
    "appsettings.C.json": "{" + "," * 100_000 + " " * 100_000 + "}",
    "config/a.toml": "a = " + "[" * 100_000,
    "config/b.toml": "\x00\xff",
    "config/c.ini": "[" * 100_000 + "\n" + "]" * 1000,
    "config/d.json": "null",
    "config/e.yaml": "- - - x",
    ".env": "\n" * 100_000 + "A",
    "application.conf": "a {" * 100_000,
    "application.quotes.conf": '"""' * 100_000 + '"\\' * 100_000,
    "application.keys.conf": "a" * 1_000_000 + "{" + "b=c\n" * 100_000,
    "application.marks.conf": "}]" * 100_000 + "${" * 100_000 + "[1," * 60,
    "reference.conf": 'include file("/etc/passwd")\ninclude "http://127.0.0.1:1/x"\na = ${a}\nb = ${c}\nc = ${b}x${b}',
}


@pytest.mark.parametrize("name", HARM)
def test_harm(read, name):
    started = time.process_time()
    imported = read({"cart/" + name: HARM[name]})
    assert imported.facts == ()
    assert [s.path for s in imported.sources] == ["cart/" + name]
    assert time.process_time() - started < 5


def test_many_profiles_and_settings(read):
    lines = "".join(f"%p{n}.users.url=http://users{n}:80\n" for n in range(15_000))
    started = time.process_time()
    assert len(read({"cart/application.properties": lines}).facts) == 15_000
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "line",
    [
        "users.url=http://joe:hunter2@users:80/?token=hunter2",
        "db.url=jdbc:postgresql://db/x?user=a&password=hunter2",
        "http://joe:hunter2@users/=http://users:80",
        "users.password=hunter2",
        "users.url=http://joe:hun/ter2@hunter2:80",
        "spring.rabbitmq.addresses=amqp://joe:hunter2@bus:5672",
    ],
)
def test_no_secret_leaves_the_file(read, line):
    assert "hunter2" not in str(encode(read({"cart/application.properties": line + "\n"})))


def test_no_secret_leaves_hocon(read):
    text = 'users { url = "http://joe:hunter2@users:80/?token=hunter2", password = ${?SECRET}hunter2 }\n'
    imported = read({"cart/application.conf": text})
    assert [f.provider.name for f in imported.facts] == ["users"]
    assert "hunter2" not in str(encode(imported))
