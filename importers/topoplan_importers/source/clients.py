"""How clients of brokers are called: which argument names the channel, and what a file of each broker's users says."""

from __future__ import annotations

import re

from msgspec import Struct

from topoplan.model.facts import ChannelRole
from topoplan_importers.vocabulary import words

PUBLISH, RECEIVE = ChannelRole.PUBLISH, ChannelRole.RECEIVE


class Rule(Struct, frozen=True):
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
    queue_keys: frozenset[str] = frozenset()


_TOPIC = words("topic topics Topic Topics topic_name topicName topicPattern destination TopicArn topicArn")
_QUEUE = words("queue queues queue_name queueName queueNames queuesToDeclare name value subject")
_QUEUE_URL = words("QueueUrl queueUrl")
EXPRESSIONS = words("topicPattern pattern topics_pattern topicsPattern")
"""Keywords of Kafka and Pulsar clients that take a regular expression."""
_KEY = words("routing_key routingKey key")
_EXCHANGE = words("exchange exchange_name exchangeName")
_PRODUCER = r"(?:kafka|producer|template|writer|sender|streambridge|bus)\w*(?:\(\))?\??$"
_CONSUMER = r"(?:kafka|consumer|reader|listener)\w*(?:\(\))?\??$"
_AMQP_CHANNEL = r"(?:ch|channel|chan|rabbit\w*|amqp\w*|model|mq\w*|\w*channel|\w*chan|exchange)(?:\(\))?\??$"


def _kafka(role: ChannelRole, at: int, *, object: str = "") -> Rule:  # noqa: A002 -- the field's name
    return Rule(role, at, _TOPIC, "kafka", object)


def _bind(key_at: int, exchange_at: int) -> Rule:
    return Rule(None, key_at, _KEY, "amqp", "", False, exchange_at, _EXCHANGE, 0, _QUEUE)


RULES: dict[str, tuple[Rule, ...]] = {
    **dict.fromkeys(("KafkaListener", "KafkaConsumer", "AIOKafkaConsumer", "ConsumePartition", "ReaderConfig"),
                    (_kafka(RECEIVE, 0),)),
    **dict.fromkeys(("ProducerRecord", "ProducerMessage", "WriterConfig", "BaseRecord::to", "FutureRecord::to"),
                    (_kafka(PUBLISH, 0),)),
    **dict.fromkeys(("kafka.Writer", "kafka.Message", "TopicPartition", "KafkaProducerRecord.create"),
                    (_kafka(PUBLISH, 0),)),
    **dict.fromkeys(("send", "sendAsync", "send_and_wait", "produce", "Produce", "ProduceAsync", "sendDefault"),
                    (Rule(PUBLISH, 0, _TOPIC, object=_PRODUCER, told=True),)),
    **dict.fromkeys(("subscribe", "Subscribe", "SubscribeAsync", "QueueSubscribe", "psubscribe", "SubscribeSync",
                     "subscribeWithOptions", "ChanSubscribe", "addTopics"),
                    (Rule(RECEIVE, 0, _TOPIC | words("pattern channel"), told=True),)),
    **dict.fromkeys(("subscribePattern", "topicsPattern"), (Rule(RECEIVE, 0, _TOPIC, told=True),)),
    "addMessageListener": (Rule(RECEIVE, 1, frozenset(), told=True),),
    "basic_publish": (Rule(PUBLISH, 1, _KEY, "amqp", exchange_at=0, exchange_keys=_EXCHANGE),),
    **dict.fromkeys(("basicPublish", "BasicPublish", "BasicPublishAsync"),
                    (Rule(PUBLISH, 1, _KEY, "amqp", exchange_at=0, exchange_keys=_EXCHANGE),)),
    "PublishWithContext": (Rule(PUBLISH, 2, _KEY, "amqp", exchange_at=1, exchange_keys=_EXCHANGE),),
    **dict.fromkeys(("publish", "Publish", "PublishAsync", "publishAsync"), (
        Rule(PUBLISH, 1, _KEY, "amqp", _AMQP_CHANNEL, told=True, exchange_at=0, exchange_keys=_EXCHANGE),
        Rule(PUBLISH, 0, _TOPIC | words("subject channel"), told=True),
    )),
    "convertAndSend": (Rule(PUBLISH, 1, frozenset(), "", exchange_at=0),),
    "convertSendAndReceive": (Rule(PUBLISH, 1, frozenset(), "amqp", exchange_at=0),),
    **dict.fromkeys(("sendToQueue",), (Rule(PUBLISH, 0, _QUEUE, "amqp"),)),
    **dict.fromkeys(("basic_consume", "basicConsume", "BasicConsume", "BasicConsumeAsync", "ConsumeWithContext"),
                    (Rule(RECEIVE, 0, _QUEUE, "amqp"),)),
    **dict.fromkeys(("consume", "Consume"), (
        Rule(RECEIVE, 0, _QUEUE | _TOPIC, "", _AMQP_CHANNEL, told=True),
        Rule(RECEIVE, 1, _TOPIC, "kafka", r"(?:group|consumer)\w*$", told=True),
    )),
    **dict.fromkeys(("RabbitListener", "setQueueNames"), (Rule(RECEIVE, 0, _QUEUE, "amqp"),)),
    **dict.fromkeys(("bindQueue", "queueBind", "QueueBindAsync", "queue_bind"), (_bind(key_at=2, exchange_at=1),)),
    "QueueBind": (_bind(key_at=1, exchange_at=2),),
    **dict.fromkeys(("SendMessageCommand", "SendMessageInput", "SendMessageRequest", "send_message", "sendMessage"),
                    (Rule(PUBLISH, 9, _QUEUE_URL, "sqs"),)),
    **dict.fromkeys(("ReceiveMessageCommand", "ReceiveMessageInput", "ReceiveMessageRequest", "receive_message",
                     "receiveMessage"), (Rule(RECEIVE, 9, _QUEUE_URL, "sqs"),)),
    **dict.fromkeys(("PublishCommand", "PublishInput", "PublishRequest"),
                    (Rule(PUBLISH, 9, protocol="sns", exchange_at=9, exchange_keys=words("TopicArn topicArn")),)),
    **dict.fromkeys(("SubscribeCommand", "SubscribeInput"),
                    (Rule(None, 9, frozenset(), "sns", exchange_at=9, exchange_keys=words("TopicArn"),
                           queue_at=9, queue_keys=words("Endpoint")),)),
    **dict.fromkeys(("SqsListener",), (Rule(RECEIVE, 0, _QUEUE | words("queueNames"), "sqs"),)),
    **dict.fromkeys(("JmsListener",), (Rule(RECEIVE, 0, words("destination"), "jms"),)),
    **dict.fromkeys(("createSender", "CreateSender", "NewSender", "get_queue_sender", "get_topic_sender",
                     "createPublisher", "CreatePublisher"),
                    (Rule(PUBLISH, 0, _QUEUE | _TOPIC, told=True),)),
    **dict.fromkeys(("createReceiver", "CreateReceiver", "CreateProcessor", "NewReceiverForQueue", "get_queue_receiver",
                     "NewReceiverForSubscription"), (Rule(RECEIVE, 0, _QUEUE | _TOPIC, told=True),)),
    **dict.fromkeys(("ServiceBusTrigger", "ServiceBusQueueTrigger", "ServiceBusTopicTrigger"),
                    (Rule(RECEIVE, 0, words("queueName topicName"), "amqp"),)),
    **dict.fromkeys(("service_bus_queue_trigger", "service_bus_topic_trigger"),
                    (Rule(RECEIVE, 9, words("queue_name topic_name"), "amqp"),)),
    "topic_path": (Rule(PUBLISH, 1, words("topic"), "pubsub"),),
    "subscription_path": (Rule(RECEIVE, 1, words("subscription"), "pubsub"),),
    "CapSubscribe": (Rule(RECEIVE, 0, words("name"), "cap"),),
    **dict.fromkeys(("PublishEventAsync", "publish_event", "publishEvent", "publishEventAsync"),
                    (Rule(PUBLISH, 1, _TOPIC, "dapr", told=True),)),
    **dict.fromkeys(("PublishEvent", "PublishEventfromCustomContent"), (Rule(PUBLISH, 2, _TOPIC, "dapr", told=True),)),
    "app.subscribe": (Rule(RECEIVE, 1, _TOPIC, "dapr", told=True),),
    "common.Subscription": (Rule(RECEIVE, 9, _TOPIC, "dapr", told=True),),
    "Topic": (Rule(RECEIVE, 1, words("name"), "dapr", told=True),),
    **dict.fromkeys(("MessagePattern", "EventPattern"), (Rule(RECEIVE, 0),)),
    "emit": (Rule(PUBLISH, 0, object=r"(?:client|kafka|broker|bus)\w*$", told=True),),
    "Incoming": (Rule(RECEIVE, 0, protocol="channel"),),
    "Outgoing": (Rule(PUBLISH, 0, protocol="channel"),),
    "deliver_message": (Rule(PUBLISH, 9, _TOPIC, "kafka"),),
}  # fmt: skip
ANNOTATIONS = words(
    "KafkaListener RabbitListener SqsListener JmsListener Topic MessagePattern EventPattern Incoming Outgoing",
    "CapSubscribe ServiceBusTrigger ServiceBusQueueTrigger ServiceBusTopicTrigger",
)
TECHNOLOGY_OF = {
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
        "sns": "client-sns service/sns snsclient sns_client snstemplate snsasyncclient",
        "pubsub": "google.cloud.pubsub google-cloud/pubsub pubsub_v1 pubsubtemplate cloud.google.com/go/pubsub",
        "cap": "dotnetcore.cap icappublisher capsubscribe",
    }.items()
    for word in told.split()
}
TECHNOLOGY = re.compile("|".join(map(re.escape, TECHNOLOGY_OF)), re.IGNORECASE)
