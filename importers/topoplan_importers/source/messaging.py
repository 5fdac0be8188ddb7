"""Where source code publishes and listens: calls and annotations of messaging clients."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property

from topoplan.model.facts import ChannelRole, Party
from topoplan.model.place import Confidence, Where
from topoplan_importers.source.arguments import arguments
from topoplan_importers.source.channels import UNKNOWN, Site
from topoplan_importers.source.clients import (
    ANNOTATIONS,
    EXPRESSIONS,
    PUBLISH,
    RECEIVE,
    RULES,
    TECHNOLOGY,
    TECHNOLOGY_OF,
    Rule,
)
from topoplan_importers.source.constants import constants
from topoplan_importers.source.scanner import Scan
from topoplan_importers.vocabulary import words

Resolve = Callable[[str], tuple[str, ...]]

_MOST = 200
"""Sites taken from one file."""

_SITE = re.compile(
    r"(?<![\w])(?P<name>" + "|".join(sorted(map(re.escape, RULES), key=len, reverse=True)) + r")"
    r"(?:<[^<>()]{0,80}>)?\s*(?P<open>[({])"
)
_EMITTER = re.compile(r"@Channel\(\s*(?P<text>\"[^\"]+\"|[\w.]+)\s*\)(?P<rest>[^;)]{0,120})")
_ONE = r"[^()]{1,80}(?:\(\))?"
_BOUND = re.compile(
    rf"\bbind\(\s*(?P<queue>{_ONE})\s*\)\s*\.to\(\s*(?P<exchange>{_ONE})\s*\)(?:\s*\.with\(\s*(?P<key>[^()]{{1,80}})\))?"
)
_QUEUE_BINDING = re.compile(r"@QueueBinding\s*(?P<open>\()")
_EXCHANGE_MADE = re.compile(r"\bnew\s+(?:Fanout|Topic|Direct)Exchange\(\s*(?P<name>[^(),]{1,80})[,)]")
_DAPR_URL = re.compile(r"/v1\.0/publish/[\w-]{1,80}/(?P<topic>[A-Za-z][\w.-]{1,80})")
_CONTEXT = re.compile(r"(?:[\w.]*\.)?(?:ctx|context|\w*Context)(?:\.\w+\(\)|\(\))?", re.IGNORECASE)
"""The first argument of most calls in Go."""
_STREAM = re.compile(r"@(?:StreamListener|EnableBinding)\((?P<args>[^()]*)\)")
_MICRONAUT = re.compile(r"@Kafka(?:(?P<sends>Client)|Listener)\b")
_TOPIC = re.compile(r"@Topic\s*\((?P<args>[^()]{1,400})\)")
_TOPOLOGY = re.compile(r"\.\s*(?P<name>stream|table|globalTable|to)\s*\(")
_STREAM_CHANNEL = re.compile(
    r"@(?P<role>Input|Output)(?:\s*\((?P<args>[^()]{0,200})\))?\s+(?:fun\s+(?P<fun>\w{1,80})\s*\(\)\s*:\s*)?"
    r"(?:MessageChannel|SubscribableChannel|PollableMessageSource|K(?:Stream|Table)<[^;{}()]{1,200}>)"
    r"(?:\s+(?P<method>\w{1,80})\s*\()?"
)
_WORDS_OF_INTEREST = sorted(
    words(
        "kafka sarama rabbit amqp pika nats servicebus service_bus service-bus sqs mqtt pulsar jms dapr redis event",
        "pubsub masstransit nservicebus rebus imessagesession isendendpoint",
        "@incoming @outgoing @channel streamlistener enablebinding messagepattern publish handle consumer< subscribe",
        "messagechannel subscribablechannel pollablemessagesource",
    )
)
_MAKES_EVENT = re.compile(r"new [A-Z]\w{0,60}ed\b")

_NAME = re.compile(r"[A-Za-z$][\w.\-/:$#*>@]{1,119}\Z")
_PATTERN = re.compile(r"\^.{1,119}\Z|(?=.*[*>#+])[\w.\-/:#*>+$]{1,119}\Z")
"""What a listener or a binding may name besides: a regular expression, or wildcards for whole words."""
_CLOUD_NAME = re.compile(r"arn:aws:s[nq]s:[\w-]*:\d*:(?P<arn>[\w.-]+)|https?://[\w.:-]+/\d{12}/(?P<url>[\w.-]+)")
_NO_CHANNEL = words(
    "message messages error data close connect connected disconnect end exit finish ready open change update",
    "click event events string text utf8 utf-8 json true false null direct topic fanout exchange headers",
    "ok get post put delete",
)
_LITERAL = re.compile(r"""(["'`])((?:(?!\1)[^\\\n]){1,160})\1""")
_QUOTED = re.compile(r"""(["'`])((?:(?!\1)[^\\\n]|\\.){1,160})\1""")
"""A literal with escapes, as regular expressions have them."""
_WORD = re.compile(r"[A-Za-z_$@][\w.$]*(?:(?:::|->)\w+)*")
_SETTING = re.compile(r"\$\{([\w.-]+)(?::([^{}]*))?\}|#\{.*\}|%([\w.-]+)%")


def is_of_interest(text: str) -> bool:
    """Whether a file may publish or listen at all; much faster than to look for sites."""
    lower = text.lower()
    return any(word in lower for word in _WORDS_OF_INTEREST) or bool(_MAKES_EVENT.search(text))


def sites(scan: Scan, resolve: Resolve, unit: str) -> list[Site]:
    """Where the code of one file publishes or listens."""
    return list(_Sites(scan, resolve, unit).all())[:_MOST]


class _Sites:
    def __init__(self, scan: Scan, resolve: Resolve, unit: str) -> None:
        self._scan = scan
        self._resolve = resolve
        self._unit = unit

    @cached_property
    def _technology(self) -> str:
        """The broker this file speaks of most; empty when of none."""
        counts = Counter(TECHNOLOGY_OF[word.lower()] for word in TECHNOLOGY.findall(self._scan.code))
        return max(counts, key=lambda name: (counts[name], name)) if counts else ""

    @cached_property
    def _hosted(self) -> bool:
        """Whether all that this file says of AMQP is Azure Service Bus."""
        told = {word.lower() for word in TECHNOLOGY.findall(self._scan.code)}
        return {word for word in told if TECHNOLOGY_OF[word] == "amqp"} == {"servicebus"}

    def all(self) -> Iterator[Site]:
        """Every site, in order of rules, then of place."""
        for match in _SITE.finditer(self._scan.code):
            yield from self._site(match)
        yield from self._emitters()
        yield from self._bound()
        yield from self._streams()
        yield from self._micronaut()
        yield from self._kafka_streams()
        for match in _DAPR_URL.finditer(self._scan.code):
            yield self._made(match.start(), PUBLISH, match["topic"], "dapr")

    def _site(self, match: re.Match[str]) -> Iterator[Site]:
        before = self._scan.code[max(0, match.start() - 60) : match.start()]
        if re.search(r"\b(?:def|func|function|void|Task|interface|class|fun|fn)\s+\Z", before):
            return
        if (match["name"] in ANNOTATIONS) != bool(re.search(r"[@\[]\s*\Z", before)):
            return
        given = arguments(self._scan.code, match.end() - 1)
        for rule in RULES[match["name"]]:
            fits = not rule.object or re.search(rule.object, before.rstrip(".:->?").lower())
            if fits and (self._technology or not rule.told):
                yield from self._by(rule, given, match)
                return

    def _by(self, rule: Rule, given: list[tuple[str, str]], match: re.Match[str]) -> Iterator[Site]:
        plain = [text for key, text in given if not key]
        if rule.at == 0 and rule.role and len(plain) > 1 and _CONTEXT.fullmatch(plain[0].strip()):
            plain = plain[1:]
        shift = 1 if self._scan.path.endswith(".php") and match["name"] == "basic_publish" else 0
        at, exchange_at = rule.at + shift, rule.exchange_at + shift if rule.exchange_at >= 0 else -1
        if match["name"] == "QueueBind" and self._scan.path.endswith(".cs"):  # Go's order is another
            at, exchange_at = exchange_at, at
        exchanges = self._pick(given, plain, exchange_at, rule.exchange_keys)
        protocol = rule.protocol or self._technology or UNKNOWN
        channels = self._pick(given, plain, at, rule.keys, listens=rule.role is not PUBLISH)
        if match["name"] == "convertAndSend" and len(plain) < 3:
            channels, exchanges = self._pick(given, plain, 0, rule.keys), ()
        queues = self._pick(given, plain, rule.queue_at, rule.queue_keys)
        if not channels and not exchanges and not (rule.role is RECEIVE and protocol == "amqp"):
            return
        for channel in channels or ("",):
            for exchange in exchanges or ("",):
                yield self._made(match.start(), rule.role, channel, protocol, exchange, next(iter(queues), ""))

    def _made(
        self, at: int, role: ChannelRole | None, channel: str, protocol: str, exchange: str = "", queue: str = ""
    ) -> Site:
        where = Where(self._scan.path, self._scan.line(at))
        rule = "publish-call" if role is PUBLISH else "listen-call" if role is RECEIVE else "binding"
        sure = Confidence.HIGH if protocol != UNKNOWN and not channel.startswith("$") else Confidence.MEDIUM
        party = Party("", path=self._scan.path)
        return Site(party, self._unit, role, channel, protocol, where, rule, sure, exchange, queue, self._hosted)

    def _pick(
        self, given: list[tuple[str, str]], plain: list[str], at: int, keys: frozenset[str], *, listens: bool = False
    ) -> tuple[str, ...]:
        for key, text in given:
            if key in keys and (values := self._values(text, listens=listens, expression=key in EXPRESSIONS)):
                return values
        return self._values(plain[at], listens=listens) if 0 <= at < len(plain) else ()

    def _values(self, text: str, *, listens: bool = False, expression: bool = False) -> tuple[str, ...]:
        """What an argument stands for: the literals in it, else what its names stand for. A listener may name a
        pattern; a regular expression begins with `^`."""
        read = constants("it = " + text.strip())
        literals = sorted(read["it"]) if "it" in read else [match[2] for match in _LITERAL.finditer(text)]
        if not literals and not re.search(r"=>|->|\bfunction\b|\blambda\b", text):
            literals = [value for word in _WORD.findall(text)[:6] for value in self._resolve(word)]
        if self._technology in ("kafka", "pulsar") and (expression or "Pattern.compile(" in text):
            quoted = [match[2].replace("\\\\", "\\") for match in _QUOTED.finditer(text)]
            literals = ["^" + told.removeprefix("^") for told in quoted or literals]
        found = (told if listens and _PATTERN.match(told) else _channel(told) for told in literals)
        return tuple(dict.fromkeys(value for value in found if value))[:8]

    def _emitters(self) -> Iterator[Site]:
        for match in _EMITTER.finditer(self._scan.code):
            role = PUBLISH if "Emitter" in match["rest"] else RECEIVE
            for channel in self._values(match["text"]):
                yield self._made(match.start(), role, channel, "channel")

    def _bound(self) -> Iterator[Site]:
        made = {value for match in _EXCHANGE_MADE.finditer(self._scan.code) for value in self._values(match["name"])}
        for match in _BOUND.finditer(self._scan.code):
            exchanges = self._values(match["exchange"]) or (tuple(made) if len(made) == 1 else ())
            yield from self._binding(match.start(), match["key"] or "", exchanges, self._values(match["queue"]))
        for match in _QUEUE_BINDING.finditer(self._scan.code):
            given = dict(arguments(self._scan.code, match.start("open")))
            exchanges, queues = self._annotated(given.get("exchange", "")), self._annotated(given.get("value", ""))
            yield from self._binding(match.start(), given.get("key", ""), exchanges, queues)
            for queue in queues:
                yield self._made(match.start(), RECEIVE, queue, "amqp")

    def _binding(self, at: int, key: str, exchanges: tuple[str, ...], queues: tuple[str, ...]) -> Iterator[Site]:
        queue = queues[0] if len(queues) == 1 else ""
        for channel in self._values(key, listens=True) or ("",):
            for exchange in exchanges:
                yield self._made(at, None, channel, "amqp", exchange, queue)

    def _annotated(self, text: str) -> tuple[str, ...]:
        """The name that an annotation such as `@Exchange(name = "shop", type = "fanout")` gives."""
        start = text.find("(")
        given = arguments(text, start) if start >= 0 else []
        return self._pick(given, [told for key, told in given if not key], 0, words("name value"))

    def _micronaut(self) -> Iterator[Site]:
        """Topics on the methods of a client that sends, or of a listener."""
        kind = _MICRONAUT.search(self._scan.code)
        if kind is None:
            return
        role = PUBLISH if kind["sends"] else RECEIVE
        for match in _TOPIC.finditer(self._scan.code):
            for channel in self._values(match["args"], listens=role is RECEIVE):
                yield self._made(match.start(), role, channel, "kafka")

    def _kafka_streams(self) -> Iterator[Site]:
        """Topics that a topology of Kafka Streams reads from and writes to."""
        if "StreamsBuilder" not in self._scan.code:
            return
        for match in _TOPOLOGY.finditer(self._scan.code):
            role = PUBLISH if match["name"] == "to" else RECEIVE
            given = arguments(self._scan.code, match.end() - 1)
            for channel in self._values(given[0][1]) if given else ():
                yield self._made(match.start(), role, channel, "kafka")

    def _streams(self) -> Iterator[Site]:
        for match in _STREAM.finditer(self._scan.code):
            args = match["args"]
            receives = re.search(r"\b(?:Sink|Processor)(?:\.class|\.INPUT|::class)", args)
            publishes = re.search(r"\b(?:Source|Processor)(?:\.class|\.OUTPUT|::class)", args)
            if receives:
                yield self._made(match.start(), RECEIVE, "input", "binding")
            if publishes:
                yield self._made(match.start(), PUBLISH, "output", "binding")
            if not receives and not publishes and "StreamListener" in match[0]:
                for channel in self._values(args.partition(",")[0]):
                    yield self._made(match.start(), RECEIVE, channel, "binding")
        for match in _STREAM_CHANNEL.finditer(self._scan.code):
            role = PUBLISH if match["role"] == "Output" else RECEIVE
            named = match["method"] or match["fun"]
            for channel in self._values(match["args"] or "") or ((named,) if named else ()):
                yield self._made(match.start(), role, channel, "binding")


def _channel(text: str) -> str:
    """A channel's name as it is known to others; empty when this is none."""
    setting = _SETTING.fullmatch(text)
    if setting:
        text = setting[2] or ("$" + setting[1] if setting[1] else "")
    cloud = _CLOUD_NAME.fullmatch(text)
    if cloud:
        text = cloud["arn"] or cloud["url"]
    for prefix in ("/queues/", "/queue/", "/exchanges/"):
        text = text.removeprefix(prefix)
    if text.startswith("$") and len(re.split(r"[_.-]|(?<=[a-z])(?=[A-Z])", text)) < 3:
        return ""
    return text if _NAME.match(text) and text.lower() not in _NO_CHANNEL and "://" not in text else ""
