"""Freshet's small world model (CoRe's losses) and its policy in PyTorch, and one update of them.

Sequences come step-major: row t B + b is step t of sequence b. All losses are in: contrast, reward,
inverse dynamics, divergence, critics, actor, temperature. Left out: checks of the batch (a loss
that is not finite), telemetry but the losses themselves.
"""

import copy
import math

import torch
from torch import nn
from torch.nn import functional as F

ACTIONS, FEATURES, HIDDEN, LATENT, WIDTH = 1, 50, 128, 32, 128
STATE = LATENT + HIDDEN
SEQUENCES, STEPS = 16, 12  # B, T
DIVERGENCE, FREE_NATS = 0.01, 1.0
DISCOUNT, TARGET_SHARE, TARGET_ENTROPY, ACTOR_EVERY = 0.99, 0.005, -1.0, 2
RATE, THETA_RATE, INITIAL_THETA = 1e-3, 2e-3, -2.25
HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


def linear(inputs, outputs):
    layer = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def perceptron(activation, *widths):
    layers = [linear(widths[0], widths[1])]
    for inputs, outputs in zip(widths[1:], widths[2:]):
        layers += [activation(), linear(inputs, outputs)]
    return nn.Sequential(*layers)


def kernels(inputs, outputs, stride):
    layer = nn.Conv2d(inputs, outputs, 3, stride)
    nn.init.orthogonal_(layer.weight, math.sqrt(2))
    nn.init.zeros_(layer.bias)
    return layer


def normed(values):
    return F.layer_norm(values, values.shape[-1:])


class Gaussian:
    """Means and logarithms of deviations, [N, Z] each."""

    def __init__(self, mean, log_deviation):
        self.mean, self.log_deviation = mean, log_deviation

    @staticmethod
    def split(raw):
        mean, log_deviation = raw.chunk(2, 1)
        return Gaussian(mean, log_deviation.clamp(-10, 10))

    def sample(self):
        return self.mean + self.log_deviation.exp() * torch.randn_like(self.mean)

    def stopped(self):
        return Gaussian(self.mean.detach(), self.log_deviation.detach())

    def divergence(self, other):
        """KL(self || other) of each row, in nats."""
        ratio = self.log_deviation - other.log_deviation
        distance = (self.mean - other.mean) * (-other.log_deviation).exp()
        return (0.5 * ((2 * ratio).exp() + distance.square()) - ratio - 0.5).sum(1)


class WorldModel(nn.Module):
    """Encoder, latent state and heads."""

    def __init__(self, pixels):
        super().__init__()
        self.convolutions = nn.Sequential(
            kernels(3, 16, 2), nn.ReLU(), kernels(16, 32, 2), nn.ReLU(), kernels(32, 32, 1), nn.ReLU()
        )
        side = ((pixels - 3) // 2 + 1 - 3) // 2 + 1 - 2
        self.features = linear(32 * side * side, FEATURES)
        self.embed = perceptron(nn.ELU, FEATURES, WIDTH, WIDTH)
        self.recurrent_input = perceptron(nn.ELU, LATENT + ACTIONS, WIDTH, WIDTH)
        self.cell = nn.Linear(WIDTH + HIDDEN, 3 * HIDDEN, bias=False)
        nn.init.orthogonal_(self.cell.weight)
        self.cell_norm = nn.LayerNorm(3 * HIDDEN)
        self.posterior = perceptron(nn.ELU, WIDTH + HIDDEN, WIDTH, 2 * LATENT)
        self.posterior_norm = nn.LayerNorm(2 * LATENT)
        self.prior = perceptron(nn.ELU, HIDDEN, WIDTH, WIDTH, 2 * LATENT)
        self.prior_norm = nn.LayerNorm(2 * LATENT)
        self.decoder = perceptron(nn.ELU, STATE, WIDTH, WIDTH, FEATURES)
        self.reward = perceptron(nn.ELU, STATE, WIDTH, 1)
        self.inverse = perceptron(nn.ELU, 2 * STATE, WIDTH, ACTIONS)

    def encode(self, pictures):
        """[N, 3, pixels, pixels] in [0, 255] to [N, F]."""
        return normed(self.features(self.convolutions(pictures / 255).flatten(1)))

    def seen(self, features):
        return normed(self.embed(features))

    def advance(self, latent, action, hidden):
        """The recurrent state one step on, by action alone."""
        read = F.elu(self.recurrent_input(torch.cat((latent, action), 1)))
        gates = self.cell_norm(self.cell(torch.cat((read, hidden), 1)))
        reset, candidate, update = gates.chunk(3, 1)
        candidate = torch.tanh(torch.sigmoid(reset) * candidate)
        return hidden + torch.sigmoid(update - 1) * (candidate - hidden)

    def expect(self, hidden):
        return Gaussian.split(self.prior_norm(self.prior(hidden)))

    def observe(self, seen, hidden):
        return Gaussian.split(self.posterior_norm(self.posterior(torch.cat((seen, hidden), 1))))

    def unroll(self, features, actions, sequences):
        """Recurrent states, posteriors and drawn latents of all steps, from a state of 0."""
        seen = self.seen(features).split(sequences)
        actions = actions.split(sequences)
        hidden = features.new_zeros(sequences, HIDDEN)
        hiddens, beliefs, latents = [], [], []
        for step in range(len(seen)):
            if step > 0:
                hidden = self.advance(latents[-1], actions[step - 1], hidden)
            belief = self.observe(seen[step], hidden)
            hiddens.append(hidden)
            beliefs.append(belief)
            latents.append(belief.sample())
        posterior = Gaussian(
            torch.cat([b.mean for b in beliefs]), torch.cat([b.log_deviation for b in beliefs])
        )
        return torch.cat(hiddens), posterior, torch.cat(latents)


class Critics(nn.Module):
    """Two, worked out together."""

    def __init__(self):
        super().__init__()
        widths = [STATE + ACTIONS, WIDTH, WIDTH, 1]
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for inputs, outputs in zip(widths, widths[1:]):
            both = [nn.init.orthogonal_(torch.empty(inputs, outputs)) for _ in range(2)]
            self.weights.append(nn.Parameter(torch.stack(both)))
            self.biases.append(nn.Parameter(torch.zeros(2, 1, outputs)))

    def forward(self, states, actions):  # [2, N]
        value = torch.cat((states, actions), 1).expand(2, -1, -1)
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases)):
            value = torch.baddbmm(bias, value, weight)
            value = value if layer == 2 else F.relu(value)
        return value[..., 0]


def draw(head):
    """An action in (-1, 1) and the logarithm of its density, of raw means and deviations."""
    mean, log_deviation = head.chunk(2, 1)
    mean = 5 * torch.tanh(mean / 5)
    log_deviation = 12 * torch.sigmoid(log_deviation) - 10
    noise = torch.randn_like(mean)
    before = mean + log_deviation.exp() * noise
    squash = math.log(2) - before - F.softplus(-2 * before)
    each = 0.5 * noise.square() + log_deviation + 2 * squash + HALF_LOG_TWO_PI
    return torch.tanh(before).clamp(-1 + 1e-7, 1 - 1e-7), -each.sum(1)


class Learner:
    def __init__(self, seed, pixels):
        torch.manual_seed(seed)
        self.world = WorldModel(pixels)
        # Softplus of it scales the similarities.
        self.theta = nn.Parameter(torch.tensor(INITIAL_THETA))
        self.critics = Critics()
        self.target = copy.deepcopy(self.critics).requires_grad_(False)
        self.actor = perceptron(nn.ReLU, STATE, WIDTH, WIDTH, 2 * ACTIONS)
        self.log_alpha = nn.Parameter(torch.tensor(-2.3))
        self.optimiser = torch.optim.Adam(
            [
                {"params": self.world.parameters()},
                {"params": [self.theta], "lr": THETA_RATE},
                {"params": self.critics.parameters()},
                {"params": self.actor.parameters()},
            ],
            lr=RATE,
        )
        self.temperature = torch.optim.Adam([self.log_alpha], lr=RATE, betas=(0.5, 0.999))
        self.step = 0

    def learn(self, pictures, actions, rewards):
        """pictures [T B, 3, pixels, pixels] in [0, 255], actions [T B, A], rewards [T B]."""
        before = len(rewards) - SEQUENCES  # rows that have a next one
        features = self.world.encode(pictures)
        hidden, posterior, latent = self.world.unroll(features, actions, SEQUENCES)
        loss, losses = self.world_loss(features, hidden, posterior, latent, actions, rewards)
        states = torch.cat((posterior.mean, hidden), 1)
        alpha = self.log_alpha.detach().exp()

        with torch.no_grad():
            following = states[SEQUENCES:]
            action, log_probability = draw(self.actor(following))
            worth = self.target(following, action).min(0).values - alpha * log_probability
            target = rewards[:before] + DISCOUNT * worth
        values = self.critics(states[:before], actions[:before])
        loss = loss + 2 * (values - target).square().mean()

        chosen = states.detach()[:before].view(-1, SEQUENCES, STATE)[::ACTOR_EVERY]
        chosen = chosen.reshape(-1, STATE)
        action, log_probability = draw(self.actor(chosen))
        self.critics.requires_grad_(False)  # the actor's loss does not move them
        value = self.critics(chosen, action).min(0).values
        self.critics.requires_grad_(True)
        loss = loss + (alpha * log_probability - value).mean()

        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*self.world.parameters(), self.theta], 10)
        torch.nn.utils.clip_grad_norm_(self.critics.parameters(), 100)
        torch.nn.utils.clip_grad_norm_(self.actor.parameters(), 10)
        self.optimiser.step()
        self.learn_temperature(log_probability.detach().mean())
        with torch.no_grad():
            for target, weight in zip(self.target.parameters(), self.critics.parameters()):
                target.lerp_(weight, TARGET_SHARE)
        self.step += 1
        return losses

    def world_loss(self, features, hidden, posterior, latent, actions, rewards):
        before = len(rewards) - SEQUENCES
        prior = self.world.expect(hidden[SEQUENCES:])
        states = torch.cat((latent, hidden), 1)

        drawn = torch.cat((prior.sample(), hidden[SEQUENCES:]), 1)
        expected = normed(self.world.decoder(drawn))
        mean = features[SEQUENCES:].mean(0)
        seen, foreseen = normed(features[SEQUENCES:] - mean), normed(expected - mean)
        similarity = seen @ foreseen.t() * F.softplus(self.theta)
        own = torch.arange(before)
        contrast = 0.5 * (F.cross_entropy(similarity, own) + F.cross_entropy(similarity.t(), own))

        predicted = self.world.reward(states[SEQUENCES:])[:, 0]
        reward = F.smooth_l1_loss(predicted, rewards[:before])
        pair = torch.cat((states[:before], states[SEQUENCES:]), 1)
        acted = torch.tanh(self.world.inverse(pair))
        inverse = 0.5 * (actions[:before] - acted).square().sum(1).mean()

        believed = Gaussian(posterior.mean[SEQUENCES:], posterior.log_deviation[SEQUENCES:])
        towards_posterior = believed.stopped().divergence(prior)
        towards_prior = believed.divergence(prior.stopped())
        divergence = 0.5 * (
            towards_posterior.clamp(min=FREE_NATS).mean() + towards_prior.clamp(min=FREE_NATS).mean()
        )
        loss = contrast + reward + inverse + DIVERGENCE * divergence
        losses = {
            "contrastNats": contrast.item(),
            "rewardLoss": reward.item(),
            "inverseLoss": inverse.item(),
            "divergenceNats": towards_prior.detach().mean().item(),
        }
        return loss, losses

    def learn_temperature(self, mean_log_probability):
        self.temperature.zero_grad(set_to_none=True)
        (-self.log_alpha.exp() * (TARGET_ENTROPY + mean_log_probability)).backward()
        torch.nn.utils.clip_grad_norm_([self.log_alpha], 1)
        self.temperature.step()
        self.log_alpha.data.clamp_(max=3)

    @torch.no_grad()
    def act(self, pictures, latent, hidden, action, goes_on, explore=True):
        """Beliefs and actions one step on, [R, ...]; goes_on [R, 1] is False where one begins."""
        hidden = torch.where(goes_on, self.world.advance(latent, action, hidden), torch.zeros(()))
        belief = self.world.observe(self.world.seen(self.world.encode(pictures)), hidden)
        head = self.actor(torch.cat((belief.mean, hidden), 1))
        action = draw(head)[0] if explore else torch.tanh(5 * torch.tanh(head[:, :ACTIONS] / 5))
        return belief.sample(), hidden, action
