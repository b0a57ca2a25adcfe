"""Stands in for the library of that name in PythonRobotITCase: a broker that answers at once.

The folder in FRESHET_SCRIPT holds the control topic, a file per command named by the number of
observations after which it is there, and takes the observations, one line of hexadecimal each.
"""
import __main__
import os
import pathlib

FOLDER = pathlib.Path(os.environ["FRESHET_SCRIPT"])
COMMANDS = sorted((int(file.stem), file.read_bytes()) for file in FOLDER.glob("*.command"))
ACTIONS = []
SENT = 0


class TopicPartition:
    def __init__(self, topic, partition, offset=-1):
        self.topic, self.partition, self.offset = topic, partition, offset


class Record:
    def __init__(self, topic, offset, value):
        self.topic, self.offset, self.value = lambda: topic, lambda: offset, lambda: value

    def error(self):
        return None


class Partitions:
    partitions = {0: None}


class Topics:
    topics = {"actions.robot": Partitions, "control": Partitions}


class Consumer:
    def __init__(self, options):
        self.at = {}

    def list_topics(self, topic, timeout):
        return Topics

    def get_watermark_offsets(self, place):
        there = [1 for after, _ in COMMANDS if after == 0]
        return 0, len(there) if place.topic == "control" else 0

    def assign(self, places):
        self.at = {place.topic: place.offset for place in places}

    def poll(self, seconds):
        if "actions.robot" in self.at and ACTIONS:
            return Record("actions.robot", 0, ACTIONS.pop())
        offset = self.at["control"]
        if offset < len(COMMANDS) and COMMANDS[offset][0] <= SENT:
            self.at["control"] += 1
            return Record("control", offset, COMMANDS[offset][1])
        __main__.time.sleep(seconds)
        return None

    def close(self):
        pass


class Producer:
    def __init__(self, options):
        pass

    def produce(self, topic, value, key):
        global SENT
        SENT += 1
        with open(FOLDER / "observations", "a") as lines:
            lines.write(value.hex() + "\n")
        reader = __main__.Reader(value)
        robot, episode, sequence = reader.take(reader.number()).decode(), reader.number(), reader.number()
        ACTIONS.append(bytes(10) + __main__.encoded(__main__.ACTION, {
            "robot": robot, "episode": episode, "sequence": sequence, "observationTime": 0,
            "actionTime": 0, "deadline": 0, "values": [0.5], "modelName": "", "modelVersion": 1}))

    def poll(self, seconds):
        pass

    def flush(self):
        pass
