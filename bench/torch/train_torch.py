"""The peer of train.ts: the same network and update in plain PyTorch, eager, on one thread.

Reads one JSON line with the shape from stdin and answers every further line with the seconds of one update, so that the caller can
take turns with it. Input: sizes, rows, steps of a round.
"""

import json
import math
import sys
import time

import torch
import torch.nn.functional as F


class Block(torch.nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.norm = torch.nn.LayerNorm(hidden, eps=1e-5)
        self.up = torch.nn.Linear(hidden, 4 * hidden)
        self.down = torch.nn.Linear(4 * hidden, hidden)

    def forward(self, h):
        return h + self.down(F.silu(self.up(self.norm(h))))


class Denoiser(torch.nn.Module):
    def __init__(self, obs, outputs, hidden, layers, timesteps):
        super().__init__()
        half = hidden // 2
        frequencies = 10000.0 ** (torch.arange(half) / max(half - 1, 1))
        angles = (torch.arange(timesteps) / timesteps)[:, None] * frequencies[None]
        self.register_buffer("time", torch.cat([angles.sin(), angles.cos()], dim=1))
        self.obs_embed = torch.nn.Linear(obs, hidden)
        self.denoiser_in = torch.nn.Linear(outputs + 2 * hidden, hidden)
        self.blocks = torch.nn.ModuleList(Block(hidden) for _ in range(layers))
        self.noise_out = torch.nn.Linear(hidden, outputs)

    def forward(self, x, timesteps, observations):
        h = F.silu(self.denoiser_in(torch.cat([x, self.time[timesteps], self.obs_embed(observations)], dim=1)))
        for block in self.blocks:
            h = block(h)
        return self.noise_out(h)


def decay_groups(model, weight_decay):
    kernels = [p for p in model.parameters() if p.ndim == 2]
    vectors = [p for p in model.parameters() if p.ndim == 1]
    return [{"params": kernels, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]


class Trainer:
    def __init__(self, shape):
        torch.manual_seed(0)
        self.shape = shape
        self.model = Denoiser(shape["obsSize"], shape["outputs"], shape["hiddenSize"], shape["numLayers"], shape["timesteps"])
        self.parameters = list(self.model.parameters())
        self.ema = [p.detach().clone() for p in self.parameters]
        # `foreach` is what newer releases choose by themselves; the caller takes the better of the two.
        self.optimizer = torch.optim.AdamW(decay_groups(self.model, 1e-6), lr=1e-4, foreach=shape["foreach"])
        betas = torch.linspace(1e-4, 0.02, shape["timesteps"])
        self.alpha_bars = torch.cumprod(1 - betas, 0)
        self.actions = torch.rand(shape["rows"], shape["outputs"]) * 2 - 1
        self.observations = torch.rand(shape["rows"], shape["obsSize"]) * 2 - 1

    def update(self):
        rows = self.shape["rows"]
        timesteps = torch.randint(0, self.shape["timesteps"], (rows,))
        noise = torch.randn(rows, self.shape["outputs"])
        alpha_bars = self.alpha_bars[timesteps][:, None]
        x = alpha_bars.sqrt() * self.actions + (1 - alpha_bars).sqrt() * noise
        loss = F.mse_loss(self.model(x, timesteps, self.observations), noise)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        with torch.no_grad():
            if self.shape["foreach"]:
                torch._foreach_mul_(self.ema, 0.999)
                torch._foreach_add_(self.ema, self.parameters, alpha=0.001)
            else:
                for average, parameter in zip(self.ema, self.parameters):
                    average.lerp_(parameter, 0.001)
        if not math.isfinite(loss.item() + norm.item()):
            raise SystemExit("the loss is not finite")


def main():
    torch.set_num_threads(1)
    trainer = Trainer(json.loads(sys.stdin.readline()))
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        seconds = []
        for _ in range(json.loads(line)["updates"]):
            start = time.perf_counter()
            trainer.update()
            seconds.append(time.perf_counter() - start)
        print(json.dumps({"seconds": seconds}), flush=True)


main()
