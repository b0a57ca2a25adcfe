#!/usr/bin/env python3
"""Asks the live model for the continuation of a text, without teaching it: learn = false.

    python3 docs/examples/ask.py "The mill stood by the" --bootstrap localhost:9092

Needs confluent_kafka (Debian: python3-confluent-kafka). Written from docs/wire-format.md alone.
"""
import argparse
import json
import pathlib
import struct
import sys
import time
import uuid

from confluent_kafka import Consumer, Producer, TopicPartition

SCHEMA = pathlib.Path(__file__).parents[2] / "schemas/src/main/avro/TextPrediction.avsc"


def number(n):
    n = (n << 1) ^ (n >> 63)
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out) + bytes([n])


def text_observation(source, sequence, event_time_ms, text, learn):
    source, text = source.encode(), text.encode()
    return (b"\xc3\x01" + struct.pack("<Q", 0x643CD43358334648)
            + number(len(source)) + source + number(sequence) + number(event_time_ms)
            + number(len(text)) + text + bytes([learn]))


class Reader:
    """Avro binary, driven by a schema."""

    def __init__(self, data):
        self.data, self.at = data, 10  # behind marker and fingerprint

    def take(self, count):
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)

    def read(self, schema):
        if isinstance(schema, list):  # a union
            return self.read(schema[self.number()])
        kind = schema["type"] if isinstance(schema, dict) else schema
        if kind == "record":
            return {field["name"]: self.read(field["type"]) for field in schema["fields"]}
        if kind == "array":
            items = []
            while (count := self.number()) != 0:
                items += [self.read(schema["items"]) for _ in range(count)]
            return items
        if kind in ("long", "int"):
            return self.number()
        if kind == "string":
            return self.take(self.number()).decode()
        if kind == "bytes":
            return self.take(self.number())
        if kind == "boolean":
            return self.take(1) == b"\x01"
        if kind == "float":
            return struct.unpack("<f", self.take(4))[0]
        if kind == "double":
            return struct.unpack("<d", self.take(8))[0]
        if kind == "null":
            return None
        raise ValueError(f"no reader for {kind}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("text")
    arguments.add_argument("--bootstrap", default="localhost:9092")
    arguments.add_argument("--seconds", type=float, default=30, help="how long to wait")
    options = arguments.parse_args()

    source = f"ask-{uuid.uuid4()}"  # of our own, so that the answer is ours
    consumer = Consumer({"bootstrap.servers": options.bootstrap, "group.id": source,
                         "enable.auto.commit": False, "isolation.level": "read_committed"})
    topic = consumer.list_topics("predictions.text", timeout=10).topics["predictions.text"]
    ends = []
    for partition in topic.partitions:
        _, end = consumer.get_watermark_offsets(TopicPartition("predictions.text", partition))
        ends.append(TopicPartition("predictions.text", partition, end))
    consumer.assign(ends)

    producer = Producer({"bootstrap.servers": options.bootstrap})
    asked = time.time()
    question = text_observation(source, 0, int(asked * 1000), options.text, learn=False)
    producer.produce("observations.text", value=question, key=source)
    producer.flush()

    schema = json.loads(SCHEMA.read_text())
    while time.time() < asked + options.seconds:
        record = consumer.poll(0.5)
        if record is None or record.error() or f"/{source}/" not in record.key().decode():
            continue
        answer = Reader(record.value()).read(schema)
        print(f"model {answer['modelName']} version {answer['modelVersion']}, answered after "
              f"{(time.time() - asked) * 1000:.0f} ms, "
              f"{answer['bitsAll'] / answer['textBytes']:.2f} bits per byte; what may follow:")
        for token in answer["nextTokens"]:
            print(f"  {token['probability']:.3f}  {token['token'].decode(errors='replace')!r}")
        return 0
    print(f"no answer in {options.seconds} s", file=sys.stderr)
    return 1


sys.exit(main())
