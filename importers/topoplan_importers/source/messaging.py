"""Where source code publishes and listens: calls and annotations of messaging clients."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from topoplan.model.facts import ChannelRole, Party
from topoplan.model.place import Confidence, Where
from topoplan_importers.source.arguments import arguments
from topoplan_importers.source.channels import UNKNOWN, Site
from topoplan_importers.source.constants import constants
from topoplan_importers.source.scanner import Scan
from topoplan_importers.vocabulary import words

Resolve = Callable[[str], tuple[str, ...]]
PUBLISH, RECEIVE = ChannelRole.PUBLISH, ChannelRole.RECEIVE

_MOST = 200
"""Sites taken from one file."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """How one client says which channel it uses: by position or by keyword. `object`: what the call is made on must
    look like this; `told`: the file itself must name a broker's product, since the call's name is an everyday word."""

    role: ChannelRole | None
    at: int
    keys: frozenset[str] = frozenset()
    protocol: str = ""
    object: str = ""
    told: bool = False
    exchange_at: int = -1
    exchange_keys: frozenset[str] = frozenset()
    queue_at: int = -1


_TOPIC = words("topic topics Topic Topics topic_name topicName topicPattern destination")
_QUEUE = words("queue queues queue_name queueName queueNames queuesToDeclare name value subject")
_KEY = words("routing_key routingKey key")
_EXCHANGE = words("exchange exchange_name exchangeName")
_PRODUCER = r"(?:kafka|producer|template|writer|sender|streambridge|bus)\w*(?:\(\))?\??$"
_CONSUMER = r"(?:kafka|consumer|reader|listener)\w*(?:\(\))?\??$"
_AMQP_CHANNEL = r"(?:ch|channel|chan|rabbit\w*|amqp\w*|model|mq\w*|\w*channel|\w*chan|exchange)(?:\(\))?\??$"


def _kafka(role: ChannelRole, at: int, *, object: str = "") -> _Rule:  # noqa: A002 -- the field's name
    return _Rule(role, at, _TOPIC, "kafka", object)


_RULES: dict[str, tuple[_Rule, ...]] = {
    **dict.fromkeys(("KafkaListener", "KafkaConsumer", "AIOKafkaConsumer", "ConsumePartition", "ReaderConfig"),
                    (_kafka(RECEIVE, 0),)),
    **dict.fromkeys(("ProducerRecord", "ProducerMessage", "WriterConfig", "BaseRecord::to", "FutureRecord::to"),
                    (_kafka(PUBLISH, 0),)),
    **dict.fromkeys(("kafka.Writer", "kafka.Message", "TopicPartition", "KafkaProducerRecord.create"),
                    (_kafka(PUBLISH, 0),)),
    **dict.fromkeys(("send", "sendAsync", "send_and_wait", "produce", "Produce", "ProduceAsync", "sendDefault"),
                    (_Rule(PUBLISH, 0, _TOPIC, object=_PRODUCER, told=True),)),
    **dict.fromkeys(("subscribe", "Subscribe", "SubscribeAsync", "QueueSubscribe", "psubscribe", "SubscribeSync",
                     "subscribeWithOptions", "ChanSubscribe", "addTopics"),
                    (_Rule(RECEIVE, 0, _TOPIC | words("pattern channel"), told=True),)),
    "basic_publish": (_Rule(PUBLISH, 1, _KEY, "amqp", exchange_at=0, exchange_keys=_EXCHANGE),),
    **dict.fromkeys(("basicPublish", "BasicPublish", "BasicPublishAsync"),
                    (_Rule(PUBLISH, 1, _KEY, "amqp", exchange_at=0, exchange_keys=_EXCHANGE),)),
    "PublishWithContext": (_Rule(PUBLISH, 2, _KEY, "amqp", exchange_at=1, exchange_keys=_EXCHANGE),),
    **dict.fromkeys(("publish", "Publish", "PublishAsync", "publishAsync"), (
        _Rule(PUBLISH, 1, _KEY, "amqp", _AMQP_CHANNEL, told=True, exchange_at=0, exchange_keys=_EXCHANGE),
        _Rule(PUBLISH, 0, _TOPIC | words("subject channel"), told=True),
    )),
    "convertAndSend": (_Rule(PUBLISH, 1, frozenset(), "", exchange_at=0),),
    "convertSendAndReceive": (_Rule(PUBLISH, 1, frozenset(), "amqp", exchange_at=0),),
    **dict.fromkeys(("sendToQueue",), (_Rule(PUBLISH, 0, _QUEUE, "amqp"),)),
    **dict.fromkeys(("basic_consume", "basicConsume", "BasicConsume", "BasicConsumeAsync", "ConsumeWithContext"),
                    (_Rule(RECEIVE, 0, _QUEUE, "amqp"),)),
    **dict.fromkeys(("consume", "Consume"), (
        _Rule(RECEIVE, 0, _QUEUE | _TOPIC, "", _AMQP_CHANNEL, told=True),
        _Rule(RECEIVE, 1, _TOPIC, "kafka", r"(?:group|consumer)\w*$", told=True),
    )),
    **dict.fromkeys(("RabbitListener", "setQueueNames"), (_Rule(RECEIVE, 0, _QUEUE, "amqp"),)),
    **dict.fromkeys(("bindQueue", "queueBind", "QueueBindAsync"),
                    (_Rule(None, 2, _KEY, "amqp", exchange_at=1, exchange_keys=_EXCHANGE, queue_at=0),)),
    "queue_bind": (_Rule(None, 2, _KEY, "amqp", exchange_at=1, exchange_keys=_EXCHANGE, queue_at=0),),
    "QueueBind": (_Rule(None, 1, _KEY, "amqp", exchange_at=2, exchange_keys=_EXCHANGE, queue_at=0),),
    **dict.fromkeys(("SqsListener",), (_Rule(RECEIVE, 0, _QUEUE | words("queueNames"), "sqs"),)),
    **dict.fromkeys(("JmsListener",), (_Rule(RECEIVE, 0, words("destination"), "jms"),)),
    **dict.fromkeys(("createSender", "CreateSender", "NewSender", "get_queue_sender", "get_topic_sender",
                     "createPublisher", "CreatePublisher"),
                    (_Rule(PUBLISH, 0, _QUEUE | _TOPIC, told=True),)),
    **dict.fromkeys(("createReceiver", "CreateReceiver", "CreateProcessor", "NewReceiverForQueue", "get_queue_receiver",
                     "NewReceiverForSubscription"), (_Rule(RECEIVE, 0, _QUEUE | _TOPIC, told=True),)),
    **dict.fromkeys(("PublishEventAsync", "publish_event", "publishEvent", "publishEventAsync"),
                    (_Rule(PUBLISH, 1, _TOPIC, "dapr", told=True),)),
    **dict.fromkeys(("PublishEvent", "PublishEventfromCustomContent"), (_Rule(PUBLISH, 2, _TOPIC, "dapr", told=True),)),
    "app.subscribe": (_Rule(RECEIVE, 1, _TOPIC, "dapr", told=True),),
    "common.Subscription": (_Rule(RECEIVE, 9, _TOPIC, "dapr", told=True),),
    "Topic": (_Rule(RECEIVE, 1, words("name"), "dapr", told=True),),
    **dict.fromkeys(("MessagePattern", "EventPattern"), (_Rule(RECEIVE, 0),)),
    "emit": (_Rule(PUBLISH, 0, object=r"(?:client|kafka|broker|bus)\w*$", told=True),),
    "Incoming": (_Rule(RECEIVE, 0, protocol="channel"),),
    "Outgoing": (_Rule(PUBLISH, 0, protocol="channel"),),
    "deliver_message": (_Rule(PUBLISH, 9, _TOPIC, "kafka"),),
}  # fmt: skip
_ANNOTATIONS = words(
    "KafkaListener RabbitListener SqsListener JmsListener Topic MessagePattern EventPattern Incoming Outgoing"
)
_SITE = re.compile(
    r"(?<![\w])(?P<name>" + "|".join(sorted(map(re.escape, _RULES), key=len, reverse=True)) + r")"
    r"(?:<[^<>()]{0,80}>)?\s*(?P<open>[({])"
)
_EMITTER = re.compile(r"@Channel\(\s*(?P<text>\"[^\"]+\"|[\w.]+)\s*\)(?P<rest>[^;)]{0,120})")
_BOUND = re.compile(r"\.to\(\s*(?P<exchange>[^()]{1,80}(?:\(\))?)\s*\)\s*\.with\(\s*(?P<key>[^()]{1,80})\)")
_STREAM = re.compile(r"@(?:StreamListener|EnableBinding)\((?P<args>[^()]*)\)")
_TECHNOLOGY_OF = {
    word: protocol
    for protocol, told in {
        "kafka": "kafka sarama producerrecord",
        "amqp": "rabbit amqp pika servicebus",
        "nats": "nats jetstream",
        "sqs": "sqs queuemessagingtemplate",
        "mqtt": "mqtt paho",
        "pulsar": "pulsar",
        "jms": "jms activemq",
        "dapr": "dapr",
        "redis": "redis",
    }.items()
    for word in told.split()
}
_TECHNOLOGY = re.compile("|".join(_TECHNOLOGY_OF), re.IGNORECASE)
_WORDS_OF_INTEREST = sorted(
    words(
        "kafka sarama rabbit amqp pika nats servicebus service_bus service-bus sqs mqtt pulsar jms dapr redis event",
        "@incoming @outgoing @channel streamlistener enablebinding messagepattern publish handle consumer<",
    )
)
_MAKES_EVENT = re.compile(r"new [A-Z]\w{0,60}ed\b")

_NAME = re.compile(r"[A-Za-z$][\w.\-/:$#*>@]{1,119}\Z")
_NO_CHANNEL = words(
    "message messages error data close connect connected disconnect end exit finish ready open change update",
    "click event events string text utf8 utf-8 json true false null direct topic fanout exchange headers",
    "ok get post put delete",
)
_LITERAL = re.compile(r"""(["'`])((?:(?!\1)[^\\\n]){1,160})\1""")
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
        counts = Counter(_TECHNOLOGY_OF[word.lower()] for word in _TECHNOLOGY.findall(self._scan.code))
        return max(counts, key=lambda name: (counts[name], name)) if counts else ""

    def all(self) -> Iterator[Site]:
        """Every site, in order of rules, then of place."""
        for match in _SITE.finditer(self._scan.code):
            yield from self._site(match)
        yield from self._emitters()
        yield from self._bound()
        yield from self._streams()

    def _site(self, match: re.Match[str]) -> Iterator[Site]:
        before = self._scan.code[max(0, match.start() - 60) : match.start()]
        if re.search(r"\b(?:def|func|function|void|Task|interface|class|fun|fn)\s+\Z", before):
            return
        if (match["name"] in _ANNOTATIONS) != bool(re.search(r"[@\[]\s*\Z", before)):
            return
        given = arguments(self._scan.code, match.end() - 1)
        for rule in _RULES[match["name"]]:
            fits = not rule.object or re.search(rule.object, before.rstrip(".:->?").lower())
            if fits and (self._technology or not rule.told):
                yield from self._by(rule, given, match)
                return

    def _by(self, rule: _Rule, given: list[tuple[str, str]], match: re.Match[str]) -> Iterator[Site]:
        plain = [text for key, text in given if not key]
        shift = 1 if self._scan.path.endswith(".php") and match["name"] == "basic_publish" else 0
        exchanges = (
            self._pick(given, plain, rule.exchange_at + shift, rule.exchange_keys) if rule.exchange_at >= 0 else ()
        )
        channels = self._pick(given, plain, rule.at + shift, rule.keys)
        if match["name"] == "convertAndSend" and len(plain) < 3:
            channels, exchanges = self._pick(given, plain, 0, rule.keys), ()
        queues = self._pick(given, plain, rule.queue_at, _QUEUE) if rule.queue_at >= 0 else ()
        protocol = rule.protocol or self._technology or UNKNOWN
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
        return Site(party, self._unit, role, channel, protocol, where, rule, sure, exchange, queue)

    def _pick(self, given: list[tuple[str, str]], plain: list[str], at: int, keys: frozenset[str]) -> tuple[str, ...]:
        for key, text in given:
            if key in keys and (values := self._values(text)):
                return values
        return self._values(plain[at]) if 0 <= at < len(plain) else ()

    def _values(self, text: str) -> tuple[str, ...]:
        """What an argument stands for: the literals in it, else what its names stand for."""
        read = constants("it = " + text.strip())
        literals = sorted(read["it"]) if "it" in read else [match[2] for match in _LITERAL.finditer(text)]
        if not literals and not re.search(r"=>|->|\bfunction\b|\blambda\b", text):
            literals = [value for word in _WORD.findall(text)[:6] for value in self._resolve(word)]
        return tuple(dict.fromkeys(value for told in literals if (value := _channel(told))))[:8]

    def _emitters(self) -> Iterator[Site]:
        for match in _EMITTER.finditer(self._scan.code):
            role = PUBLISH if "Emitter" in match["rest"] else RECEIVE
            for channel in self._values(match["text"]):
                yield self._made(match.start(), role, channel, "channel")

    def _bound(self) -> Iterator[Site]:
        for match in _BOUND.finditer(self._scan.code):
            for key in self._values(match["key"]) or ("",):
                for exchange in self._values(match["exchange"]):
                    yield self._made(match.start(), None, key, "amqp", exchange)

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


def _channel(text: str) -> str:
    """A channel's name as it is known to others; empty when this is none."""
    setting = _SETTING.fullmatch(text)
    if setting:
        text = setting[2] or ("$" + setting[1] if setting[1] else "")
    for prefix in ("/queues/", "/queue/", "/exchanges/"):
        text = text.removeprefix(prefix)
    if text.startswith("$") and len(re.split(r"[_.-]|(?<=[a-z])(?=[A-Z])", text)) < 3:
        return ""
    return text if _NAME.match(text) and text.lower() not in _NO_CHANNEL and "://" not in text else ""
