"""Sends mails: http://not-a-call"""
from kafka import KafkaConsumer

consumer = KafkaConsumer('order-placed', bootstrap_servers='kafka:9092')
