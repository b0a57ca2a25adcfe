#!/usr/bin/env python3
"""A robot in Python: sends frames, does what the actions topic says, holds its last action at a miss,
and stands still from a safeStop on the control topic until a resume, also if it starts after the stop.

    python3 docs/examples/robot.py --bootstrap localhost:9092 --hz 20 --episodes 2

The robot is a ball on a line that should stay in the middle. Needs confluent_kafka (Debian:
python3-confluent-kafka). Written from docs/wire-format.md and the schemas alone.
"""
import argparse
import json
import math
import pathlib
import random
import struct
import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition

SCHEMAS = pathlib.Path(__file__).parents[2] / "schemas/src/main"
OBSERVATION = json.loads(
    (SCHEMAS / "resources/freshet/schemas/history/RobotObservation.v2.avsc").read_text())
OBSERVATION_FINGERPRINT = 0x25AD99219354F60C
ACTION = json.loads((SCHEMAS / "avro/Action.avsc").read_text())
COMMAND = json.loads((SCHEMAS / "avro/ControlCommand.avsc").read_text())
COMMAND_FINGERPRINT = 0xB0E9516D3A3D1D17
MARKER = b"\xc3\x01"
SIDE, STEPS = 32, 125


def number(n):
    n = (n << 1) ^ (n >> 63)
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out) + bytes([n])


def encoded(schema, value):
    """Avro binary, driven by a schema."""
    if isinstance(schema, list):  # a union: null, or the other
        return number(0) if value is None else number(1) + encoded(schema[1], value)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind == "record":
        return b"".join(encoded(field["type"], value[field["name"]]) for field in schema["fields"])
    if kind == "array":
        items = b"".join(encoded(schema["items"], item) for item in value)
        return (number(len(value)) + items if value else b"") + number(0)
    if kind in ("long", "int"):
        return number(value)
    if kind == "string":
        return number(len(value.encode())) + value.encode()
    if kind == "bytes":
        return number(len(value)) + value
    if kind == "boolean":
        return bytes([value])
    if kind == "float":
        return struct.pack("<f", value)
    raise ValueError(f"no writer for {kind}")


class Reader:
    """Reads an Action or a ControlCommand."""

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
        kind = schema["type"] if isinstance(schema, dict) else schema
        if kind == "record":
            return {field["name"]: self.read(field["type"]) for field in schema["fields"]}
        if kind == "array":
            items = []
            while (count := self.number()) != 0:
                items += [self.read(schema["items"]) for _ in range(count)]
            return items
        if kind == "map":
            entry = [{"name": "key", "type": "string"}, {"name": "value", "type": schema["values"]}]
            entries = self.read({"type": "array", "items": {"type": "record", "fields": entry}})
            return {one["key"]: one["value"] for one in entries}
        if kind == "long":
            return self.number()
        if kind == "boolean":
            return self.take(1) != b"\0"
        if kind == "string":
            return self.take(self.number()).decode()
        if kind == "float":
            return struct.unpack("<f", self.take(4))[0]
        raise ValueError(f"no reader for {kind}")


class Ball:
    """On a line from -1 to 1; its action is a push."""

    def __init__(self):
        self.place, self.speed = random.uniform(-0.8, 0.8), 0.0

    def push(self, force):
        self.speed = 0.95 * self.speed + 0.05 * force
        self.place = max(-1.0, min(1.0, self.place + self.speed))
        return math.exp(-(2 * self.place) ** 2)  # reward, in [0, 1]

    def frame(self):
        bright = [round(255 * math.exp(-(((column + 0.5) / SIDE * 2 - 1 - self.place) * 8) ** 2))
                  for column in range(SIDE)]
        row = b"".join(bytes([value]) * 3 for value in bright)
        return row * SIDE  # RGB, rows from the top


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--bootstrap", default="localhost:9092")
    arguments.add_argument("--name", default="ball")
    arguments.add_argument("--hz", type=float, default=20)
    arguments.add_argument("--episodes", type=int, default=2)
    options = arguments.parse_args()

    producer = Producer({"bootstrap.servers": options.bootstrap, "linger.ms": 0})
    consumer = Consumer({"bootstrap.servers": options.bootstrap, "group.id": options.name,
                         "enable.auto.commit": False})
    topic = consumer.list_topics("actions.robot", timeout=10).topics["actions.robot"]
    actions = []
    for partition in topic.partitions:
        _, end = consumer.get_watermark_offsets(TopicPartition("actions.robot", partition))
        actions.append(TopicPartition("actions.robot", partition, end))
    if len(consumer.list_topics("control", timeout=10).topics["control"].partitions) != 1:
        sys.exit("topic control must exist and have one partition, which keeps the order of commands")
    control = TopicPartition("control", 0)
    control.offset, end_of_commands = consumer.get_watermark_offsets(control)
    stopped = False

    def obey(value):
        nonlocal stopped
        if value is None or value[:10] != MARKER + struct.pack("<Q", COMMAND_FINGERPRINT):
            return
        command = Reader(value).read(COMMAND)
        if command["arguments"].get("robot", options.name) == options.name and not command["dryRun"]:
            stopped = {"safeStop": True, "resume": False}.get(command["action"], stopped)

    consumer.assign([control])  # what was ordered before holds still
    give_up = time.monotonic() + 30
    while control.offset < end_of_commands:
        if time.monotonic() > give_up:
            sys.exit("the commands in topic control took more than 30 s to read")
        record = consumer.poll(0.1)
        if record is not None and not record.error():
            obey(record.value())
            control.offset = record.offset() + 1
    consumer.assign(actions + [control])

    def send(episode, sequence, ball, outcomes, terminal):
        record = {
            "robot": options.name, "episode": episode, "sequence": sequence,
            "eventTime": int(time.time() * 1000), "image": ball.frame(), "imageWidth": SIDE,
            "imageHeight": SIDE, "proprioception": [],
            "reward": outcomes[-1]["reward"] if outcomes else 0.0, "terminal": terminal,
            "deadlineMillis": int(1000 / options.hz), "outcomes": outcomes[-3:], "explore": True,
            "learn": True}
        value = (MARKER + struct.pack("<Q", OBSERVATION_FINGERPRINT)
                 + encoded(OBSERVATION, record))
        producer.produce("observations.robot", value=value, key=options.name)
        producer.poll(0)

    def listen(episode, sequence, due):
        """Until the step is over: obeys what is ordered, and returns its action if it came in time."""
        action = None
        while True:
            left = due - time.monotonic()
            record = consumer.poll(max(0.0, left))
            if record is None and left <= 0:
                return action
            if record is None or record.error():
                continue
            if record.topic() == "control":
                obey(record.value())
                continue
            told = Reader(record.value()).read(ACTION)
            if (told["robot"], told["episode"], told["sequence"]) == (
                    options.name, episode, sequence) and time.monotonic() <= due:
                action = [max(-1.0, min(1.0, value)) for value in told["values"]]

    first = int(time.time())  # episodes of a robot must grow, also over restarts
    for episode in range(first, first + options.episodes):
        ball, told, outcomes, missed = Ball(), [0.0], [], 0
        due = time.monotonic()
        for sequence in range(STEPS):
            send(episode, sequence, ball, outcomes, terminal=False)
            due += 1 / options.hz
            action = listen(episode, sequence, due)
            told = [0.0] if stopped else told if action is None else action
            misses = action is None and not stopped
            missed += misses
            reward = ball.push(told[0])
            outcomes.append({"sequence": sequence, "reward": reward, "action": told,
                             "missed": misses})
        send(episode, STEPS, ball, outcomes, terminal=True)
        total = sum(outcome["reward"] for outcome in outcomes)
        print(f"episode {episode}: return {total:.1f} of {STEPS}, {missed} actions missed")
    producer.flush()
    consumer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
