#!/usr/bin/python3
"""The loop of texts that one would write without Freshet: consume, predict, train, produce.

One process, one topic, Freshet's default model and recipe in PyTorch (text_model.py), without its
memory, telemetry, versions and recovery. Each text is answered by the model as it is, then learned.
Needs Debian's python3-torch and python3-confluent-kafka.
"""

import random

import records
from kafka_loop import Loop, parser
from text_model import SEGMENT, WINDOW, Learner
from tokenizer import BytePairTokenizer

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
    arguments = parser(__doc__.splitlines()[0])
    arguments.add_argument(
        "--vocabulary", required=True, help="vocabulary-2048.txt of the learners"
    )
    args = arguments.parse_args()
    loop = Loop(args)
    tokenizer = BytePairTokenizer(args.vocabulary)
    learner = Learner(args.seed)
    draws = random.Random(args.seed)
    replay = []
    sources = {}
    for _ in range(args.records):
        (message,) = loop.messages()
        text = records.text(message.value())
        source = sources.setdefault(text.source, Source())
        tokens = tokenizer.encode(text.text)
        bits = learner.bits(source.read, tokens)
        source.read = (source.read + tokens)[-CONTEXT:]
        loop.answer(
            f"{text.source}/{text.sequence}",
            {
                "source": text.source,
                "sequence": text.sequence,
                "eventTime": text.event_time,
                "modelVersion": learner.step,
                "textBytes": len(text.text),
                "bits": sum(bits),
            },
        )
        for new, from_start in batches(source, tokens):
            again = [draws.choice(replay)] if replay else []
            learner.learn([new] + [s for s, _ in again], [from_start] + [f for _, f in again])
            replay.append((new, from_start))
    loop.close()


if __name__ == "__main__":
    main()
