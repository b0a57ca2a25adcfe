"""Freshet's default picture classifier in PyTorch, and one supervised update of it."""

import math

import torch
from torch import nn
from torch.nn import functional as F

SIDE, CLASSES, GROUPS = 28, 10, 4
RATE, RATE_UPDATES, LEAST_RATE, DECAY, CLIP = 1e-3, 780, 0.01, 1e-4, 5.0
SHIFT, SCALE = SIDE / 7, 0.2


def block(inputs, outputs, kernel):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride=2, padding=kernel // 2),
        nn.GroupNorm(GROUPS, outputs),
        nn.ReLU(inplace=True),
    )


def network():
    return nn.Sequential(
        block(1, 16, 5), block(16, 32, 3), block(32, 32, 3), nn.Flatten(), nn.Linear(512, CLASSES)
    )


def moved_and_scaled(pictures):
    """Each [1, SIDE, SIDE] moved by up to a seventh of its side and scaled by up to a fifth."""
    count = len(pictures)
    how = torch.zeros(count, 2, 3)
    how[:, 0, 0] = how[:, 1, 1] = 1 + SCALE * (2 * torch.rand(count) - 1)
    how[:, :, 2] = 2 * SHIFT / SIDE * (2 * torch.rand(count, 2) - 1)  # half a side is 1
    grid = F.affine_grid(how, pictures.shape, align_corners=False)
    return F.grid_sample(pictures, grid, align_corners=False)


class Learner:
    """Adam with L2, clipping and a rate that falls along a cosine."""

    def __init__(self, seed):
        torch.manual_seed(seed)
        self.model = network()
        self.weights = list(self.model.parameters())
        self.optimiser = torch.optim.Adam(self.weights, lr=RATE, weight_decay=DECAY)
        self.step = 0

    def learn(self, pictures, labels):
        """[B, 1, SIDE, SIDE] in [0, 1] and [B]; the loss in nats, before the update."""
        loss = F.cross_entropy(self.model(moved_and_scaled(pictures)), labels)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, CLIP)
        done = min(1, self.step / RATE_UPDATES)
        rate = RATE * max(LEAST_RATE, (1 + math.cos(math.pi * done)) / 2)
        self.optimiser.param_groups[0]["lr"] = rate
        self.optimiser.step()
        self.step += 1
        return loss.item()

    @torch.no_grad()
    def probabilities(self, pictures):
        return torch.softmax(self.model(pictures), -1)
