#!/usr/bin/python3
"""The loop of robots that one would write without Freshet: consume, act, train, produce.

Each observation is answered by the newest policy on the robot's belief; robots that wait are
answered in one pass. Steps whose outcome has come go into a replay in memory; after every fourth
there is an update, one at a time, so that robots wait for one at most. Without telemetry, versions,
recovery, late or missing frames. Needs Debian's python3-torch and python3-confluent-kafka.
"""

import json
import random

import numpy
import records
import torch
from kafka_loop import Loop, parser
from robot_model import ACTIONS, HIDDEN, LATENT, SEQUENCES, STEPS, Learner

STEPS_AN_UPDATE = 4
MOST_DUE = 8  # updates that may wait while observations are answered
REPORT_EVERY = 50


class Robot:
    """What is known of one robot's episode."""

    def __init__(self, episode):
        self.episode = episode
        self.latent, self.hidden = torch.zeros(LATENT), torch.zeros(HIDDEN)
        self.action = torch.zeros(ACTIONS)  # of the step before
        self.begun = False
        self.waiting = {}  # pictures by step, until their outcome is there
        self.run = []  # steps that are known: picture, action, reward


class Replay:
    """Runs of steps, and where in them sequences begin."""

    def __init__(self, seed):
        self.draws = random.Random(seed)
        self.starts = []
        self.steps = 0

    def add(self, run, step):
        run.append(step)
        self.steps += 1
        if len(run) >= STEPS:
            self.starts.append((run, len(run) - STEPS))

    def sequences(self):
        """Pictures, actions and rewards, step-major."""
        drawn = [self.draws.choice(self.starts) for _ in range(SEQUENCES)]
        steps = [run[start + at] for at in range(STEPS) for run, start in drawn]
        pictures, actions, rewards = zip(*steps)
        return (
            torch.from_numpy(numpy.stack(pictures)).permute(0, 3, 1, 2).float(),
            torch.tensor(actions),
            torch.tensor(rewards),
        )


def answer(loop, learner, asked, draws):
    """asked: observations, at most one of a robot, with what is known of it."""
    pictures = torch.from_numpy(numpy.stack([seen.picture for seen, _ in asked]))
    latents, hiddens, actions = learner.act(
        pictures.permute(0, 3, 1, 2).float(),
        torch.stack([robot.latent for _, robot in asked]),
        torch.stack([robot.hidden for _, robot in asked]),
        torch.stack([robot.action for _, robot in asked]),
        torch.tensor([[robot.begun] for _, robot in asked]),
    )
    for (seen, robot), latent, hidden, action in zip(asked, latents, hiddens, actions):
        if learner.step == 0:
            action = torch.tensor([draws.uniform(-1, 1) for _ in range(ACTIONS)])
        robot.latent, robot.hidden, robot.action, robot.begun = latent, hidden, action, True
        values = {
            "robot": seen.robot,
            "episode": seen.episode,
            "sequence": seen.sequence,
            "values": action.tolist(),
            "modelVersion": learner.step,
        }
        loop.answer(seen.robot, values)


def main():
    arguments = parser(__doc__.splitlines()[0])
    arguments.add_argument("--telemetry", required=True, help="topic of the losses")
    arguments.add_argument("--pixels", type=int, required=True)
    arguments.add_argument("--first-update-after", type=int, required=True, help="steps")
    args = arguments.parse_args()
    loop = Loop(args, at_once=8)
    learner = Learner(args.seed, args.pixels)
    draws = random.Random(args.seed)
    replay = Replay(args.seed)
    robots = {}
    done = due = owed = 0  # answers; updates; steps since the last update became due

    while done < args.records or due:
        asked = []
        reads = done < args.records and due < MOST_DUE
        for message in loop.messages(wait=not due) if reads else []:
            seen = records.observation(message.value())
            robot = robots.get(seen.robot)
            if robot is None or robot.episode != seen.episode:
                robot = robots[seen.robot] = Robot(seen.episode)
            for outcome in seen.outcomes:  # the newest ones come again
                if outcome.sequence in robot.waiting:
                    picture = robot.waiting.pop(outcome.sequence)
                    replay.add(robot.run, (picture, outcome.action, outcome.reward))
                    robot.action = torch.tensor(outcome.action)
                    if replay.steps >= args.first_update_after:
                        owed += 1
            due, owed = due + owed // STEPS_AN_UPDATE, owed % STEPS_AN_UPDATE
            if seen.terminal:
                continue
            robot.waiting[seen.sequence] = seen.picture
            if any(other is robot for _, other in asked):
                answer(loop, learner, asked, draws)
                done += len(asked)
                asked = []
            asked.append((seen, robot))
        if asked:
            answer(loop, learner, asked, draws)
            done += len(asked)
        if due:
            losses = learner.learn(*replay.sequences())
            due -= 1
            if learner.step % REPORT_EVERY == 0:
                report = {"update": learner.step, **losses}
                loop.producer.produce(args.telemetry, json.dumps(report).encode())
    loop.close()


if __name__ == "__main__":
    main()
