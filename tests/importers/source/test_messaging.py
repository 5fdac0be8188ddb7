"""Where source code publishes and listens, joined by topic, queue, binding and event type."""

from __future__ import annotations

from pathlib import Path

import pytest

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.importing.discovery import discover
from topoplan.model.facts import ChannelFact
from topoplan_importers.source import SourceImporter


def ends(imported: Imported) -> set[tuple[str, str, str]]:
    """Role, channel and protocol of every channel fact."""
    return {(str(f.role), f.channel, f.protocol) for f in imported.facts if isinstance(f, ChannelFact)}


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("A.java", '@KafkaListener(topics = "order", groupId = "g")', ("receive", "order", "kafka")),
        ("A.java", '@KafkaListener(topics = {"${app.topic:order}"})', ("receive", "order", "kafka")),
        ("A.java", 'kafkaTemplate.send("order", id, o);', ("publish", "order", "kafka")),
        ("A.java", 'static final String T = "order";\nkafkaTemplate.send(T, o);', ("publish", "order", "kafka")),
        ("A.java", 'import kafka;\nnew ProducerRecord<>("order", v)', ("publish", "order", "kafka")),
        ("a.py", "from kafka import KafkaConsumer\nc = KafkaConsumer('order')", ("receive", "order", "kafka")),
        ("a.py", "import confluent_kafka\nconsumer.subscribe(['order'])", ("receive", "order", "kafka")),
        ("a.py", "import confluent_kafka\nproducer.produce('order', v)", ("publish", "order", "kafka")),
        ("a.js", "Kafka; consumer.subscribe({ topic: 'order' })", ("receive", "order", "kafka")),
        ("a.js", "Kafka; producer.send({ topic: 'order', messages: [] })", ("publish", "order", "kafka")),
        ("a.go", 'msg := sarama.ProducerMessage{Topic: "order", Value: v}', ("publish", "order", "kafka")),
        ("a.go", 'sarama; group.Consume(ctx, []string{"order"}, h)', ("receive", "order", "kafka")),
        ("A.cs", 'using Kafka;\nconst string T = "order";\n_consumer.Subscribe(T);', ("receive", "order", "kafka")),
        ("a.kt", 'import kafka\nconst val topic = "order"\nsubscribe(listOf(topic))', ("receive", "order", "kafka")),
        ("a.py", "import pika\nch.basic_publish(exchange='', routing_key='task', body=b)", ("publish", "task", "amqp")),
        ("a.php", "<?php $ch->basic_publish($msg, '', 'task');", ("publish", "task", "amqp")),
        ("a.py", "import pika\nch.basic_consume(queue='task', on_message_callback=f)", ("receive", "task", "amqp")),
        ("a.go", 'import "amqp"\nmsgs, err := ch.Consume("task", "", true)', ("receive", "task", "amqp")),
        ("a.js", "require('amqplib')\nchannel.sendToQueue('task', b)", ("publish", "task", "amqp")),
        ("A.java", '@RabbitListener(queues = "task")', ("receive", "task", "amqp")),
        ("A.java", 'rabbitTemplate.convertAndSend("task", shipment);', ("publish", "task", "amqp")),
        ("a.go", 'import "nats.go"\nnc.Subscribe("orders.new", f)', ("receive", "orders.new", "nats")),
        ("a.js", "const nats = require('nats')\nnc.publish('orders.new', b)", ("publish", "orders.new", "nats")),
        ("A.java", '@JmsListener(destination = "task")', ("receive", "task", "jms")),
        ("A.java", '@SqsListener("task")', ("receive", "task", "sqs")),
        ("A.cs", '// dapr\nusing Dapr;\nc.PublishEventAsync("pubsub", "order", o);', ("publish", "order", "dapr")),
        ("A.cs", 'using Dapr;\n[Topic("pubsub", "order")]', ("receive", "order", "dapr")),
        ("a.ts", "@EventPattern('order.new')", ("receive", "order.new", "message")),
        ("a.go", 'amqp; client.NewSender(os.Getenv("ORDER_QUEUE_NAME"), nil)',
         ("publish", "$ORDER_QUEUE_NAME", "amqp")),
        ("a.js", "const q = process.env.ORDER_QUEUE_NAME\nrabbit.createSender(q)",
         ("publish", "$ORDER_QUEUE_NAME", "amqp")),
    ],
)  # fmt: skip
def test_a_site(read, name, code, expected):
    assert ends(read({name: code + "\n"})) == {expected}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.js", "// producer.send('order')\nconst kafka = 1"),
        ("a.js", "button.subscribe('order')"),
        ("a.ts", "kafka; obs.subscribe(x => y)"),
        ("A.java", 'template.convertAndSend("/topic/todos", kafka);'),
        ("a.js", "redis.subscribe('message')"),
        ("a.py", "import kafka\ndef subscribe(topic='order'): pass"),
    ],
)
def test_no_site(read, name, code):
    assert ends(read({name: code + "\n"})) == set()


def test_a_constant_of_another_file_of_the_program(read):
    files = {
        "svc/go.mod": "module x",
        "svc/kafka/names.go": 'const Topic = "orders"\n',
        "svc/main.go": "sarama.ProducerMessage{Topic: kafka.Topic}\n",
    }
    assert ends(read(files)) == {("publish", "orders", "kafka")}


def test_a_queue_bound_to_an_exchange_hears_its_keys(read):
    bind = "ch.queue_bind(exchange='shop', queue='mail', routing_key='order.*')"
    listens = f"import pika\n{bind}\nch.basic_consume(queue='mail')\n"
    sends = "import pika\nch.basic_publish(exchange='shop', routing_key='order.paid')\n"
    other = "import pika\nch.basic_publish(exchange='shop', routing_key='stock.low')\n"
    files = {"mail/setup.py": "", "mail/a.py": listens, "order/setup.py": "", "order/a.py": sends, "stock/a.py": other}
    assert ends(read(files)) == {
        ("receive", "mail", "amqp"),
        ("receive", "order.paid", "amqp"),
        ("publish", "order.paid", "amqp"),
        ("publish", "stock.low", "amqp"),
    }


def test_an_unknown_protocol_is_the_other_ends(read):
    files = {"a/a.ts": "@EventPattern('order.new')\n", "b/b.java": 'kafkaTemplate.send("order.new", o);\n'}
    assert {protocol for _, _, protocol in ends(read(files))} == {"kafka"}


def test_an_event_crosses_programs_by_its_type(read):
    files = {
        "order/order.csproj": "",
        "order/Order.cs": "var e = new OrderPlacedEvent(id); _bus.Publish(e); _bus.Publish<CartClearedEvent>(f);\n",
        "mail/mail.csproj": "",
        "mail/Mail.cs": "class H : IConsumer<OrderPlacedEvent> {}\nclass C : IConsumer<CartClearedEvent> {}\n",
        "idle/idle.csproj": "",
        "idle/Idle.cs": "class H : IConsumer<StockLostEvent> {}\n",
    }
    imported = read(files)
    events = ("OrderPlacedEvent", "CartClearedEvent")
    assert ends(imported) == {(role, event, "message") for role in ("publish", "receive") for event in events}
    assert {str(f.evidence.confidence) for f in imported.facts} == {"medium"}


def test_microprofile_channels_are_topics_by_configuration(read):
    files = {
        "fights/pom.xml": "",
        "fights/F.java": '@Channel("fights") MutinyEmitter<Fight> emitter;\n',
        "fights/application.properties": "mp.messaging.outgoing.fights.connector=smallrye-kafka\n"
        "mp.messaging.outgoing.fights.topic=all-fights\n",
        "stats/pom.xml": "",
        "stats/S.java": '@Incoming("in")\n',
        "stats/application.properties": "mp.messaging.incoming.in.topic=all-fights\n"
        "mp.messaging.incoming.in.connector=smallrye-kafka\n",
    }
    assert ends(read(files)) == {("publish", "all-fights", "kafka"), ("receive", "all-fights", "kafka")}


def test_spring_bindings_by_function_and_by_name(read):
    functional = "spring:\n  cloud:\n    stream:\n      bindings:\n        mail-in-0:\n          destination: todo\n"
    template = (
        "spring.cloud.stream.bindings.output.destination=todo\nspring.cloud.stream.bindings.input.destination=todo\n"
    )
    files = {
        "mail/pom.xml": "",
        "mail/application.yml": functional,
        "config/reminder.properties": template,
        "config/printer.properties": template,
        "printer/pom.xml": "",
        "printer/bootstrap.properties": "spring.application.name=printer\n",
        "printer/P.java": "@EnableBinding(Sink.class)\n",
    }
    facts = [f for f in read(files).facts if isinstance(f, ChannelFact)]
    assert {(f.service.name or f.service.path, str(f.role), f.channel) for f in facts} == {
        ("mail/application.yml", "receive", "todo"),
        ("printer/P.java", "receive", "todo"),
        ("reminder", "publish", "todo"),
    }


def test_bindings_speak_without_code_and_far_down_a_file(tmp_path: Path) -> None:
    for service, channel in (("fights", "outgoing.f"), ("stats", "incoming.f")):
        folder = tmp_path / service / "src/main/resources"
        folder.mkdir(parents=True)
        lines = [f"mp.messaging.{channel}.topic=duels", f"mp.messaging.{channel}.connector=smallrye-kafka"]
        (folder / "application.properties").write_text("# filler\n" * 1000 + "\n".join(lines) + "\n")
    found = discover(["."], [], tmp_path)
    importer = SourceImporter()
    claimed = [candidate for candidate in found.candidates if importer.claims(candidate)]
    for options in (ImportOptions(), ImportOptions(read_source=False)):
        read = importer.read(claimed, found.workspace, options)
        assert ends(read) == {("publish", "duels", "kafka"), ("receive", "duels", "kafka")}


RABBIT_LISTENER = (
    '@RabbitListener(bindings = @QueueBinding(value = @Queue("mail"), '
    'exchange = @Exchange(name = "shop", type = "topic"), key = "order.*"))\nvoid on(String s) {}\n'
)
FANOUT = (
    'import amqp;\nFanoutExchange all() { return new FanoutExchange("shop"); }\n'
    "Binding b(Queue q, FanoutExchange all) { return BindingBuilder.bind(q).to(all); }\n"
    '@RabbitListener(queues = "#{q.name}")\nvoid on(String s) {}\n'
)


@pytest.mark.parametrize(
    ("sender", "listener", "met"),
    [
        ("rabbitTemplate.convertAndSend(\"shop\", \"order.paid\", o); // amqp", RABBIT_LISTENER, {"order.paid"}),
        ("rabbitTemplate.convertAndSend(\"shop\", \"stock.low\", o); // amqp", RABBIT_LISTENER, set()),
        ("rabbitTemplate.convertAndSend(\"shop\", \"\", o); // amqp", FANOUT, {"shop"}),
        ("rabbitTemplate.convertAndSend(\"mall\", \"\", o); // amqp", FANOUT, set()),
        ('kafkaTemplate.send("order.paid", o);', '@KafkaListener(topicPattern = "order\\\\..*")', {"order.paid"}),
        ('kafkaTemplate.send("stock.low", o);', '@KafkaListener(topicPattern = "order\\\\..*")', set()),
        ('kafkaTemplate.send("order.paid", o);', 'kafka; consumer.subscribe(Pattern.compile("order.*"), l);',
         {"order.paid"}),
        ('/* */ import io.nats;\nnc.publish("order.paid", b);', 'import io.nats;\nnc.subscribe("order.>", h);',
         {"order.paid"}),
        ('import paho.mqtt;\nclient.publish("home/hall/light", m);', 'import paho.mqtt;\nc.subscribe("home/+/light");',
         {"home/hall/light"}),
        ('import redis;\nr.publish("order:paid", m);', 'import redis;\np.psubscribe("order:*");', {"order:paid"}),
        ('import redis;\nt.convertAndSend("orders", m);',
         'import redis;\nc.addMessageListener(a, new ChannelTopic("orders"));', {"orders"}),
        ('import jms;\njmsTemplate.convertAndSend("order.paid", m);', '@JmsListener(destination = "order.*")',
         {"order.paid"}),
    ],
)  # fmt: skip
def test_a_listener_meets_a_sender(read, sender, listener, met):
    found = read({"a/pom.xml": "", "a/A.java": sender + "\n", "b/pom.xml": "", "b/B.java": listener + "\n"})
    sent = {(channel, protocol) for role, channel, protocol in ends(found) if role == "publish"}
    assert {channel for role, channel, protocol in ends(found) if (channel, protocol) in sent} >= met
    assert {c for role, c, protocol in ends(found) if role == "receive" and (c, protocol) in sent} == met


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("a.go", 'import "redis"\nrdb.Publish(ctx, "orders", m)', ("publish", "orders", "redis")),
        ("a.go", 'import "redis"\nrdb.Subscribe(context.Background(), "orders")', ("receive", "orders", "redis")),
        ("a.py", "import boto3, sqs\ns.send_message(QueueUrl='https://sqs.eu.amazonaws.com/123456789012/mail')",
         ("publish", "mail", "sqs")),
        ("a.js", "new ReceiveMessageCommand({ QueueUrl: 'https://sqs.eu.amazonaws.com/123456789012/mail' }) // sqs",
         ("receive", "mail", "sqs")),
        ("A.cs", 'void F([ServiceBusTrigger("orders", "mail")] string m)', ("receive", "orders", "amqp")),
        ("a.py", "from google.cloud.pubsub import P\np.topic_path(project, 'orders')", ("publish", "orders", "pubsub")),
        ("a.py", "pubsub\ns.subscription_path(project, 'orders')", ("receive", "orders", "pubsub")),
        ("A.cs", '[CapSubscribe("order.paid")]', ("receive", "order.paid", "cap")),
        ("A.cs", 'ICapPublisher bus;\nbus.PublishAsync("order.paid", o);', ("publish", "order.paid", "cap")),
        ("a.py", "requests.post('http://localhost:3500/v1.0/publish/pubsub/orders')", ("publish", "orders", "dapr")),
        ("A.java", '@Topic(name = "orders", pubsubName = "pubsub") // dapr\nimport io.dapr;',
         ("receive", "orders", "dapr")),
    ],
)  # fmt: skip
def test_a_site_of_a_cloud_or_a_library(read, name, code, expected):
    assert ends(read({name: code + "\n"})) == {expected}


def test_a_topic_that_feeds_a_queue(read):
    arn = "arn:aws:sns:eu-west-1:123456789012:orders"
    found = read(
        {
            "a/package.json": "{}",
            "a/a.js": f"const sns = 1\nnew PublishCommand({{ TopicArn: '{arn}' }})\n",
            "b/package.json": "{}",
            "b/b.js": f"const sns = 1\nnew SubscribeCommand({{ TopicArn: '{arn}', Protocol: 'sqs', "
            "Endpoint: 'arn:aws:sqs:eu-west-1:123456789012:mail' })\n"
            "new ReceiveMessageCommand({ QueueUrl: 'https://sqs.eu.amazonaws.com/123456789012/mail' })\n",
        }
    )
    assert ends(found) == {("publish", "orders", "sns"), ("receive", "orders", "sns"), ("receive", "mail", "sqs")}


@pytest.mark.parametrize(
    ("sender", "listener", "met"),
    [
        ("bus.Publish<PlaceOrder>(new { });", "class C : IConsumer<PlaceOrder> { }", True),
        ("session.Send(new PlaceOrder());", "class C : IHandleMessages<PlaceOrder> { }", True),
        ("bus.Publish(new OrderPlaced());", "class C { void Handle(OrderPlaced e) { } }", True),
        ("bus.Publish(new OrderPlaced());", "class C : INotificationHandler<OrderPlaced> { }", False),
        ("bus.Publish<PlaceOrder>(new { });", "class C : IConsumer<string, PlaceOrder> { }", False),
    ],
)
def test_messages_of_dotnet_buses_by_type(read, sender, listener, met):
    code = {"a/A.cs": f"// event\n{sender}\n", "b/B.cs": f"// event\n{listener}\n", "a/a.csproj": "", "b/b.csproj": ""}
    assert {role for role, _, _ in ends(read(code))} == ({"publish", "receive"} if met else set())


@pytest.mark.parametrize(
    ("sender", "listener"),
    [
        ("ApplicationEventPublisher p; p.publishEvent(new OrderPlaced());", "void handle(OrderPlaced e) { }"),
        ("bus.publish(new OrderPlaced());", "@EventListener\nvoid on(OrderPlaced e) { }"),
        (
            "bus.publish(new OrderPlaced());",
            "@TransactionalEventListener(phase = X)\npublic void on(OrderPlaced e) { }",
        ),
    ],
)
def test_events_within_a_program_are_no_messages(read, sender, listener):
    code = {"a/pom.xml": "", "a/A.java": sender + "\n", "b/pom.xml": "", "b/B.java": listener + "\n"}
    assert ends(read(code)) == set()


def test_service_bus_is_no_product_of_the_system(read):
    code = 'using Azure.Messaging.ServiceBus;\nvar s = serviceBusClient.CreateSender("orders");\n'
    (fact,) = [f for f in read({"A.cs": code}).facts if isinstance(f, ChannelFact)]
    assert (fact.channel, fact.protocol, fact.broker) == ("orders", "amqp", None)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("C.java", 'interface C { @Output("made") MessageChannel a(); @Input("paid") SubscribableChannel b(); }'),
        ("C.java", "interface C {\n  @Output\n  MessageChannel made();\n  @Input\n  SubscribableChannel paid();\n}"),
        (
            "C.java",
            'interface C { String M = "made"; @Output(M) MessageChannel a(); @Input("paid") KStream<K, V> b(); }',
        ),
        ("C.kt", "interface C { @Output fun made(): MessageChannel\n@Input fun paid(): SubscribableChannel }"),
    ],
)
def test_channels_that_a_program_declares_to_spring_cloud_stream(read, name, code):
    bound = "spring.cloud.stream.bindings.{}.destination={}\n"
    bindings = bound.format("made", "orders") + bound.format("paid", "payments")
    facts = read({f"shop/{name}": code, "shop/pom.xml": "", "shop/application.properties": bindings}).facts
    assert {(str(f.role), f.channel) for f in facts} == {("publish", "orders"), ("receive", "payments")}


def test_inputs_and_outputs_of_a_page_are_no_channels(read):
    code = "export class A { @Input() name: string; @Output() changed = new EventEmitter(); messageChannel = 1 }"
    assert read({"web/a.ts": code}).facts == ()


def test_topics_of_micronaut_are_sent_to_by_clients_and_heard_by_listeners(read):
    client = '@KafkaClient interface Events { @Topic("policy-made") void made(@KafkaKey String id, Policy p); }'
    listener = '@KafkaListener(groupId = "a") class L { @Topic("policy-made") void on(Policy p) { } }'
    assert ends(read({"a/A.java": client})) == {("publish", "policy-made", "kafka")}
    assert ends(read({"a/A.java": listener})) == {("receive", "policy-made", "kafka")}


def test_a_topology_of_kafka_streams_reads_and_writes_topics(read):
    code = (
        'void build(StreamsBuilder b) { b.stream("paid", Consumed.with(a, c)).join(b.table(STOCK), x).to("orders"); '
        'names.stream().map(f); } String STOCK = "stock-levels";'
    )
    told = {("receive", "paid"), ("receive", "stock-levels"), ("publish", "orders")}
    assert ends(read({"a/A.java": "import org.apache.kafka.streams.StreamsBuilder;" + code})) == {
        (role, channel, "kafka") for role, channel in told
    }
    assert ends(read({"a/A.java": code.replace("StreamsBuilder", "Kafka")})) == set()
