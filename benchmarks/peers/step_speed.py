#!/usr/bin/python3
"""CPU time of an update of the peers' learners, eager, on batches as benchmarks/run peer-steps has them.

Prints a line for each update: model, milliseconds. What is learned is random.
"""

import argparse
import time

import blas
import image_model
import robot_model
import text_model
import torch


def text():
    learner = text_model.Learner(1)
    sequences = torch.randint(0, text_model.VOCABULARY, (2, text_model.WINDOW)).tolist()
    return lambda: learner.learn(sequences, [False, False])  # one new, one again


def images():
    learner = image_model.Learner(1)
    pictures = torch.rand(128, 1, image_model.SIDE, image_model.SIDE)
    labels = torch.arange(128) % image_model.CLASSES
    return lambda: learner.learn(pictures, labels)


def robots(pixels=32):
    learner = robot_model.Learner(1, pixels)
    rows = robot_model.STEPS * robot_model.SEQUENCES
    pictures = torch.randint(0, 256, (rows, 3, pixels, pixels)).float()
    actions = 2 * torch.rand(rows, robot_model.ACTIONS) - 1
    rewards = torch.rand(rows)
    return lambda: learner.learn(pictures, actions, rewards)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default="text,images,robots")
    parser.add_argument("--warm-up", type=int, default=20)
    parser.add_argument("--updates", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    blas.refuse_reference()
    torch.set_num_threads(args.threads)
    for name in args.models.split(","):
        learn = {"text": text, "images": images, "robots": robots}[name]()
        for update in range(args.warm_up + args.updates):
            start = time.process_time()
            learn()
            if update >= args.warm_up:
                print(name, f"{1000 * (time.process_time() - start):.3f}")


if __name__ == "__main__":
    main()
