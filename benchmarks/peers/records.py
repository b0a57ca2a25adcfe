"""What travels, out of Kafka values, as docs/wire-format.md has it."""

import struct
from collections import namedtuple

import numpy

# Fingerprints of the schemas that are read.
TEXT_OBSERVATION = 0x643CD43358334648
IMAGE_OBSERVATION = 0xF06B7EA2D8E3302B
LABEL = 0x80E1DF032E3189C6
ROBOT_OBSERVATION = 0x25AD99219354F60C

Text = namedtuple("Text", "source sequence event_time text")
Image = namedtuple("Image", "source sequence record_id file")
Label = namedtuple("Label", "record_id label")
Outcome = namedtuple("Outcome", "sequence reward action")
Observation = namedtuple("Observation", "robot episode sequence picture terminal outcomes")


class Fields:
    """Reads the fields of a record one after another."""

    def __init__(self, value, fingerprint):
        if value[:2] != b"\xc3\x01" or value[2:10] != struct.pack("<Q", fingerprint):
            raise ValueError(f"not a record of the schema {fingerprint:#x}")
        self.value = value
        self.at = 10

    def number(self):
        """A zigzag number of 7 bits a byte."""
        shift = result = 0
        while True:
            byte = self.value[self.at]
            self.at += 1
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return (result >> 1) ^ -(result & 1)
            shift += 7

    def bytes(self):
        length = self.number()
        self.at += length
        return self.value[self.at - length : self.at]

    def string(self):
        return self.bytes().decode()

    def truth(self):
        self.at += 1
        return self.value[self.at - 1] == 1

    def real(self):
        self.at += 4
        return struct.unpack_from("<f", self.value, self.at - 4)[0]

    def array(self, item):
        items = []
        while count := self.number():
            if count < 0:  # then the block's bytes follow
                count = -count
                self.number()
            items += [item() for _ in range(count)]
        return items


def text(value):
    fields = Fields(value, TEXT_OBSERVATION)
    return Text(fields.string(), fields.number(), fields.number(), fields.bytes())


def image(value):
    fields = Fields(value, IMAGE_OBSERVATION)
    source, sequence = fields.string(), fields.number()
    fields.number()  # event time
    record_id = fields.string()
    for _ in range(5):  # format, width, height, channels, bits: the file has them too
        fields.number()
    return Image(source, sequence, record_id, fields.bytes())


def label(value):
    fields = Fields(value, LABEL)
    return Label(fields.string(), fields.number())


def observation(value):
    """Of a robot; the picture [height, width, 3]."""
    fields = Fields(value, ROBOT_OBSERVATION)
    robot, episode, sequence = fields.string(), fields.number(), fields.number()
    fields.number()  # event time
    if fields.number() == 0:
        raise ValueError("an observation without a picture")
    pixels = fields.bytes()
    width, height = fields.number(), fields.number()
    fields.array(fields.real)  # proprioception: there is none here
    fields.real()  # reward: outcomes have it
    terminal = fields.truth()
    fields.number()  # deadline

    def outcome():
        one = Outcome(fields.number(), fields.real(), fields.array(fields.real))
        fields.truth()  # missed
        return one

    outcomes = fields.array(outcome)
    picture = numpy.frombuffer(pixels, numpy.uint8).reshape(height, width, 3)
    return Observation(robot, episode, sequence, picture, terminal, outcomes)
