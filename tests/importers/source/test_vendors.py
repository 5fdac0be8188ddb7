"""Clients of outside services that know their address by themselves."""

from __future__ import annotations

import pytest

from topoplan.model.facts import CallFact, NodeKind


@pytest.mark.parametrize(
    ("name", "code", "host"),
    [
        ("a.py", "from openai import OpenAI\nc = OpenAI(api_key=key, organization=org)", "api.openai.com"),
        ("a.ts", "import Stripe from 'stripe'\nconst s = new Stripe(process.env.STRIPE_KEY!)", "api.stripe.com"),
        ("A.cs", "using SendGrid;\nvar c = new SendGridClient(key);", "api.sendgrid.com"),
        ("a.go", 'import "github.com/sashabaranov/go-openai"\nc := openai.NewClient(key)', "api.openai.com"),
    ],
)
def test_a_client_of_a_vendor(read, name, code, host):
    (call,) = [f for f in read({name: code + "\n"}).facts if isinstance(f, CallFact)]
    assert (call.provider.name, call.provider.kind, call.evidence.rule) == (host, NodeKind.EXTERNAL, "vendor-client")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.py", "from openai import OpenAI\nc = OpenAI(api_key='EMPTY', base_url=local)"),
        ("a.py", "from openai import AzureOpenAI\nc = AzureOpenAI(api_key=key)"),
        ("a.py", "class Stripe: pass\ns = Stripe(colour)"),
        ("a.py", "# from openai import OpenAI\n# c = OpenAI()\nx = 1"),
    ],
)
def test_no_client_of_a_vendor(read, name, code):
    assert [f for f in read({name: code + "\n"}).facts if isinstance(f, CallFact)] == []
