"""What all loops have in common: their arguments, and how they read and write."""

import argparse
import json

import blas
import torch
from confluent_kafka import Consumer, Producer


def parser(description):
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--bootstrap-servers", required=True)
    made.add_argument("--topics", required=True, help="that are read, commas between them")
    made.add_argument("--answers", required=True, help="topic that is written")
    made.add_argument("--records", type=int, required=True, help="answers after which it ends")
    made.add_argument("--threads", type=int, default=1)
    made.add_argument("--seed", type=int, default=1)
    return made


class Loop:
    """Reads topics and writes answers; what is there is taken at once, up to so many records."""

    def __init__(self, args, at_once=1):
        blas.refuse_reference()
        torch.set_num_threads(args.threads)
        self.answers = args.answers
        self.at_once = at_once
        client = {  # nothing waits: measured, without this half of the answers took 20 ms more
            "bootstrap.servers": args.bootstrap_servers,
            "socket.nagle.disable": True,
        }
        self.consumer = Consumer(
            {
                **client,
                "group.id": args.answers,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 10,
            }
        )
        self.consumer.subscribe(args.topics.split(","))
        self.producer = Producer({**client, "linger.ms": 0})

    def messages(self, wait=True):
        """The next records: what is there now, or waits for the first and no longer."""
        while (first := self.consumer.poll(1.0 if wait else 0)) is None:
            if not wait:
                return []
        more = self.consumer.consume(self.at_once - 1, 0) if self.at_once > 1 else []
        messages = [first, *more]
        for message in messages:
            if message.error():
                raise RuntimeError(message.error())
        return messages

    def answer(self, key, answer):
        self.producer.produce(self.answers, json.dumps(answer).encode(), key)
        self.producer.poll(0)

    def close(self):
        self.producer.flush()
        self.consumer.close()
