#!/usr/bin/python3
"""The loop of images that one would write without Freshet: consume, predict, train, produce.

Each picture is answered by the newest model, then learned with its label, 128 at a time. What a
poll brings is decoded and answered in one batch. Without telemetry, versions and recovery.
Needs Debian's python3-torch, python3-pil and python3-confluent-kafka.
"""

import io

import numpy
import records
import torch
from image_model import Learner
from kafka_loop import Loop, parser
from PIL import Image

BATCH = 128


def decoded(file):
    """[SIDE, SIDE] of 8 bits."""
    return numpy.asarray(Image.open(io.BytesIO(file)).convert("L"))


def stacked(pictures):
    """[N, 1, SIDE, SIDE] in [0, 1]."""
    return torch.from_numpy(numpy.stack(pictures)[:, None]).float().div_(255)


def main():
    arguments = parser(__doc__.splitlines()[0])
    arguments.add_argument("--labels", required=True, help="which of the topics has the labels")
    args = arguments.parse_args()
    loop = Loop(args, at_once=BATCH)
    learner = Learner(args.seed)
    unlabelled, labels = {}, {}  # by record id, until the other is there
    lesson = []  # pictures with their labels, not yet learned
    done = 0
    while done < args.records:
        seen = []
        for message in loop.messages():
            if message.topic() == args.labels:
                label = records.label(message.value())
                if label.record_id in unlabelled:
                    lesson.append((unlabelled.pop(label.record_id), label.label))
                else:
                    labels[label.record_id] = label.label
            else:
                image = records.image(message.value())
                seen.append((image, decoded(image.file)))
        if seen:
            shares = learner.probabilities(stacked([picture for _, picture in seen])).numpy()
            for (image, picture), share in zip(seen, shares):
                loop.answer(
                    f"{image.source}/{image.sequence}",
                    {
                        "source": image.source,
                        "sequence": image.sequence,
                        "recordId": image.record_id,
                        "modelVersion": learner.step,
                        "label": int(share.argmax()),
                        "probabilities": share.tolist(),
                    },
                )
                if image.record_id in labels:
                    lesson.append((picture, labels.pop(image.record_id)))
                else:
                    unlabelled[image.record_id] = picture
            done += len(seen)
        while len(lesson) >= BATCH:
            pictures, classes = zip(*lesson[:BATCH])
            lesson = lesson[BATCH:]
            learner.learn(stacked(pictures), torch.tensor(classes))
    loop.close()


if __name__ == "__main__":
    main()
