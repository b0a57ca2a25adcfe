#!/usr/bin/python3
"""The loop that one would write without Freshet: consume, predict, train, produce.

One process, one topic, Freshet's default model and recipe in PyTorch (text_model.py), without its
memory, telemetry, versions and recovery. Each text is answered by the model as it is, then learned.
Needs Debian's python3-torch and python3-confluent-kafka.
"""

import argparse
import json
import random

import torch
from confluent_kafka import Consumer, Producer
from text_model import SEGMENT, WINDOW, Learner
from text_stream import BytePairTokenizer, decode

CONTEXT = WINDOW - SEGMENT


class Source:
    def __init__(self):
        self.read = []  # newest tokens, the context of the next text
        self.waiting = []  # not yet learned
        self.learned = []  # newest learned tokens


def batches(source, tokens):
    """(sequence, whether it begins where its source does) for each C new tokens."""
    source.waiting += tokens
    while len(source.waiting) >= SEGMENT:
        new, source.waiting = source.waiting[:SEGMENT], source.waiting[SEGMENT:]
        yield source.learned + new, len(source.learned) < CONTEXT
        source.learned = (source.learned + new)[-CONTEXT:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--texts", required=True, help="topic that is read")
    parser.add_argument("--predictions", required=True, help="topic that is written")
    parser.add_argument("--vocabulary", required=True, help="vocabulary-2048.txt of the learners")
    parser.add_argument("--records", type=int, required=True, help="after so many it ends")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    tokenizer = BytePairTokenizer(args.vocabulary)
    learner = Learner(args.seed)
    draws = random.Random(args.seed)
    replay = []
    sources = {}
    consumer = Consumer(
        {
            "bootstrap.servers": args.bootstrap_servers,
            "group.id": args.predictions,
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe([args.texts])
    producer = Producer({"bootstrap.servers": args.bootstrap_servers, "linger.ms": 0})
    done = 0
    while done < args.records:
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error():
            raise RuntimeError(message.error())
        name, sequence, event_time, text = decode(message.value())
        source = sources.setdefault(name, Source())
        tokens = tokenizer.encode(text)
        bits = learner.bits(source.read, tokens)
        source.read = (source.read + tokens)[-CONTEXT:]
        answer = {
            "source": name,
            "sequence": sequence,
            "eventTime": event_time,
            "modelVersion": learner.step,
            "textBytes": len(text),
            "bits": sum(bits),
        }
        producer.produce(args.predictions, json.dumps(answer).encode(), f"{name}/{sequence}")
        producer.poll(0)
        for new, from_start in batches(source, tokens):
            again = [draws.choice(replay)] if replay else []
            learner.learn([new] + [s for s, _ in again], [from_start] + [f for _, f in again])
            replay.append((new, from_start))
        done += 1
    producer.flush()
    consumer.close()


if __name__ == "__main__":
    main()
