"""The products topoplan knows: data only, read by `technologies`."""

from __future__ import annotations

from typing import TypeAlias

Row: TypeAlias = tuple[str, str, str, str, tuple[int, ...]]
"""Product, protocol, words in image and service names, URL schemes beyond the product's name, default ports."""

STORES: tuple[Row, ...] = (
    ("postgresql", "postgresql", "postgres postgresql postgis timescaledb pgvector pgpool", "postgres pgsql", (5432,)),
    ("mysql", "mysql", "mysql percona mysqldb", "mysqlx mysql2 tidb", (3306, 33060)),
    ("mariadb", "mysql", "mariadb", "", ()),
    ("mongodb", "mongodb", "mongo mongodb documentdb ferretdb", "mongo", (27017, 27018, 27019)),
    ("redis", "redis", "redis valkey keydb dragonfly redict redislabs", "rediss valkey valkeys", (6379, 26379)),
    ("memcached", "memcached", "memcached memcache", "memcache", (11211,)),
    ("cassandra", "cassandra", "cassandra scylla scylladb", "cql scylla", (9042, 9160)),
    ("elasticsearch", "elasticsearch", "elasticsearch", "es", (9200, 9300)),
    ("opensearch", "opensearch", "opensearch", "", ()),
    ("solr", "http", "solr", "", (8983,)),
    ("microsoft.sql_server", "mssql", "mssql sqlserver azuresqledge mssqlserver", "sqlserver mssql", (1433,)),
    ("oracle.db", "oracle", "oracle oraclexe oracledb", "", (1521,)),
    ("neo4j", "bolt", "neo4j memgraph", "bolt neo4j bolts", (7687,)),
    ("couchdb", "couchdb", "couchdb", "", (5984,)),
    ("couchbase", "couchbase", "couchbase", "couchbases", (11210,)),
    ("influxdb", "influxdb", "influxdb influx", "influxdb influx", (8086,)),
    ("minio", "s3", "minio seaweedfs", "s3 s3a", ()),
    ("etcd", "etcd", "etcd", "", (2379, 2380)),
    ("clickhouse", "clickhouse", "clickhouse", "clickhouse ch", (8123,)),
    ("cockroachdb", "postgresql", "cockroach cockroachdb", "cockroachdb", (26257,)),
    ("arangodb", "arangodb", "arangodb arango", "", (8529,)),
    ("db2", "db2", "db2", "", (50000,)),
    ("firebird", "firebird", "firebird firebirdsql", "", (3050,)),
    ("dynamodb", "dynamodb", "dynamodb", "", ()),
    ("hazelcast", "hazelcast", "hazelcast", "", (5701,)),
    ("ignite", "ignite", "ignite", "", (10800,)),
    ("rethinkdb", "rethinkdb", "rethinkdb", "", (28015,)),
    ("orientdb", "orientdb", "orientdb", "", (2424,)),
    ("ravendb", "ravendb", "ravendb", "", ()),
    ("eventstore", "eventstore", "eventstore eventstoredb kurrentdb", "esdb kurrentdb", (2113,)),
    ("qdrant", "qdrant", "qdrant", "", (6333, 6334)),
    ("milvus", "milvus", "milvus", "", (19530,)),
    ("weaviate", "weaviate", "weaviate", "", ()),
    ("chroma", "http", "chromadb chroma", "", ()),
    ("meilisearch", "http", "meilisearch", "", (7700,)),
    ("typesense", "http", "typesense", "", (8108,)),
    ("surrealdb", "surrealdb", "surrealdb", "", ()),
    ("dgraph", "dgraph", "dgraph", "", (9080,)),
    ("azurite", "azure-storage", "azurite", "", (10000,)),
    ("ldap", "ldap", "openldap ldap", "ldaps", (389, 636)),
)
BROKERS: tuple[Row, ...] = (
    ("kafka", "kafka", "kafka redpanda", "plaintext sasl_plaintext sasl_ssl", (9092, 9093, 29092)),
    ("rabbitmq", "amqp", "rabbitmq rabbit lavinmq", "amqp amqps", (5672, 5671)),
    ("nats", "nats", "nats jetstream", "nats", (4222,)),
    ("activemq", "activemq", "activemq artemis", "", (61616,)),
    ("pulsar", "pulsar", "pulsar", "pulsar", (6650,)),
    ("mqtt", "mqtt", "mosquitto emqx hivemq vernemq", "mqtt mqtts", (1883, 8883)),
    ("rocketmq", "rocketmq", "rocketmq rmqnamesrv rmqbroker", "", (9876, 10911)),
    ("nsq", "nsq", "nsq nsqd nsqlookupd", "", (4150, 4161)),
    ("elasticmq", "sqs", "elasticmq", "", (9324,)),
    ("pubsub", "pubsub", "pubsub", "", ()),
    ("servicebus", "amqp", "servicebus", "sb", ()),
    ("beanstalkd", "beanstalkd", "beanstalkd", "", (11300,)),
    ("centrifugo", "centrifugo", "centrifugo", "", ()),
)
# Products that run beside a system rather than in it; words that share a line mean the first one.
INFRASTRUCTURE = (
    "zookeeper",
    # metrics, dashboards, tracing
    "prometheus exporter pushgateway alertmanager", "victoriametrics", "thanos", "mimir", "cortex", "statsd",
    "graphite", "grafana lgtm", "cadvisor", "jaeger jaegertracing", "zipkin", "tempo", "opentelemetry otel otelcol",
    "skywalking", "datadog", "sentry", "apm", "turbine", "hystrix-dashboard",
    # logs
    "loki promtail", "fluentd fluentbit fluent", "logstash elk", "filebeat", "metricbeat", "heartbeat", "packetbeat",
    "kibana", "seq", "graylog",
    # discovery, configuration and schemas
    "eureka discovery-server service-registry", "consul registrator", "nacos", "config-server configserver",
    "schema-registry apicurio karapace",
    # feature flags
    "flagd", "unleash", "flipt",
    # user interfaces for administrators and developers
    "adminer", "pgadmin pgadmin4", "phpmyadmin pma", "kafdrop", "akhq", "kowl", "cmak", "redisinsight",
    "redis-commander", "mongo-express", "portainer", "swagger-ui", "swagger-editor", "redoc",
    # tools for containers, builds, loads and tests
    "watchtower", "dozzle", "autoheal", "dockerize", "sonarqube", "jenkins", "flyway", "liquibase",
    "locust", "k6", "jmeter", "gatling", "artillery", "load-generator loadgen loadgenerator",
    "selenium", "cypress", "playwright", "testcontainers",
)  # fmt: skip
PROXIES = "nginx httpd apache openresty caddy lighttpd nginx-proxy"
GATEWAYS = "traefik envoy kong haproxy zuul apisix krakend tyk ambassador gloo oathkeeper yarp ocelot express-gateway"
