"""Freshet's default language model in PyTorch, and one update of it: same sizes, same recipe."""

import copy
import math

import torch
from torch import nn
from torch.nn import functional as F

VOCABULARY, WIDTH, LAYERS, HEADS, WINDOW, SEGMENT = 2048, 128, 2, 4, 96, 48
HEAD_WIDTH = WIDTH // HEADS


def norm(x):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.query_key_value = nn.Parameter(torch.randn(WIDTH, 3 * WIDTH) / math.sqrt(WIDTH))
        self.attention_output = nn.Parameter(torch.zeros(WIDTH, WIDTH))
        self.feed_forward_in = nn.Parameter(torch.randn(WIDTH, 4 * WIDTH) / math.sqrt(WIDTH))
        self.feed_forward_out = nn.Parameter(torch.zeros(4 * WIDTH, WIDTH))
        self.key_gain = nn.Parameter(torch.ones(WIDTH))
        self.shift = nn.Parameter(torch.full((WIDTH,), 0.3))
        self.attention_scale = nn.Parameter(torch.ones(HEADS, 1, 1))

    def forward(self, x, bias):  # [B, W, D], [H, W, W]
        windows = x.shape[0]
        here = norm(x)
        before = F.pad(here[:, :-1], (0, 0, 1, 0))
        mixed = (here + (before - here) * self.shift) @ self.query_key_value
        q, k, v = mixed.view(windows, WINDOW, 3, HEADS, HEAD_WIDTH).permute(2, 0, 3, 1, 4)
        shares = torch.softmax((norm(q) * self.attention_scale) @ norm(k).transpose(2, 3) + bias, -1)
        read = (shares @ v).permute(0, 2, 1, 3).reshape(windows, WINDOW, WIDTH)
        x = x + read @ self.attention_output
        keys = norm(x) * self.key_gain
        return x + torch.relu(keys @ self.feed_forward_in).square() @ self.feed_forward_out


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Parameter(0.02 * torch.randn(VOCABULARY + 1, WIDTH))
        self.output_scale = nn.Parameter(torch.ones(1))
        self.output_bias = nn.Parameter(torch.zeros(VOCABULARY))
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.register_buffer("bias", self._distance_bias(), persistent=False)

    @staticmethod
    def _distance_bias():
        slopes = torch.tensor([2 ** -(h * 1.5 + 0.5) for h in range(HEADS - 1)] + [0.0])
        place = torch.arange(WINDOW)
        distance = place[None, :] - place[:, None]  # key - row
        bias = slopes[:, None, None] * distance
        return torch.where(distance <= 0, bias, torch.tensor(-1e9))

    def forward(self, tokens):  # [B, W] to log-probabilities [B, W, V]
        x = norm(F.embedding(tokens, self.embedding))
        for block in self.blocks:
            x = block(x, self.bias)
        logits = (norm(x) * self.output_scale) @ self.embedding[:VOCABULARY].t() + self.output_bias
        return torch.log_softmax(logits, -1)


def windows(sequences):
    """Token and target ids [B, W] of sequences of at most W tokens; what is left over is filling."""
    tokens = torch.full((len(sequences), WINDOW), VOCABULARY)
    targets = torch.zeros((len(sequences), WINDOW), dtype=torch.long)
    for row, sequence in enumerate(sequences):
        ids = torch.tensor(sequence)
        tokens[row, 1 : len(ids) + 1] = ids[: WINDOW - 1]
        targets[row, : len(ids)] = ids
    return tokens, targets


class Learner:
    """Adam with warm-up, slow decay and clipping; an average of the weights answers."""

    def __init__(self, seed):
        torch.manual_seed(seed)
        self.model = LanguageModel()
        self.average = copy.deepcopy(self.model).requires_grad_(False)
        self.weights = list(self.model.parameters())
        self.averaged = list(self.average.parameters())
        self.optimiser = torch.optim.Adam(self.weights, lr=4e-3, betas=(0.9, 0.99), eps=1e-8)
        self.step = 0

    def learn(self, sequences, from_start):
        tokens, targets = windows(sequences)
        weights = torch.zeros(tokens.shape)
        for row, sequence in enumerate(sequences):
            weights[row, 0 if from_start[row] else 1 : len(sequence)] = 1
        chosen = self.model(tokens).gather(-1, targets[..., None])[..., 0]
        loss = -(chosen * weights).sum() / weights.sum()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
        self.step += 1
        rate = 4e-3 * min(1, self.step / 50) / (1 + 0.1 * (self.step - 1) / 1000)
        self.optimiser.param_groups[0]["lr"] = rate
        self.optimiser.step()
        with torch.no_grad():
            share = 1 - min(0.98, self.step / (self.step + 9))
            for average, weight in zip(self.averaged, self.weights):
                average.lerp_(weight, share)

    @torch.no_grad()
    def bits(self, context, tokens):
        """-log2 of each token's probability, given at most W - C tokens before it."""
        sequences, starts = [], []
        for at in range(0, len(tokens), SEGMENT):
            before = (context + tokens[:at])[-(WINDOW - SEGMENT) :]
            sequences.append(before + tokens[at : at + SEGMENT])
            starts.append(len(before))
        ids, targets = windows(sequences)
        nats = -self.average(ids).gather(-1, targets[..., None])[..., 0]
        return [
            nat / math.log(2)
            for row, sequence in enumerate(sequences)
            for nat in nats[row, starts[row] : len(sequence)].tolist()
        ]
