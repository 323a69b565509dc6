"""The peer of engine.ts: whole plans in plain PyTorch, eager, on one thread.

Reads one JSON line with the model, then answers every further line: {"x", "conditions"} with the actions of those rows, and
{"rows", "seconds"} with the row-steps done in about so many seconds.
"""

import json
import sys
import time

import torch

from torch_denoiser import HoistedDenoiser, decode, encode


class Sampler:
    """Goes on with the same batch from round to round, so that a round may end between any two steps."""

    def __init__(self, denoiser, rows):
        torch.manual_seed(0)
        self.denoiser = denoiser
        self.noise = torch.randn(rows, denoiser.outputs)
        self.conditions = torch.randn(rows, denoiser.hidden)
        self.x, self.k = self.noise, 0

    def run(self, seconds):
        started, cpu, steps = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() - started < seconds:
            if self.k == self.denoiser.steps:
                self.x, self.k = self.noise, 0
            self.x = self.denoiser.step(self.x, self.k, self.conditions)
            self.k += 1
            steps += 1
        elapsed = time.perf_counter() - started
        return {"rowSteps": steps * len(self.noise), "seconds": elapsed, "cpuSeconds": time.process_time() - cpu}


def main():
    torch.set_num_threads(1)
    denoiser = HoistedDenoiser(json.loads(sys.stdin.readline()))
    print(json.dumps({"version": torch.__version__}), flush=True)
    samplers = {}
    with torch.inference_mode():
        for line in sys.stdin:
            question = json.loads(line)
            if "x" in question:
                x = decode(question["x"], -1, denoiser.outputs)
                answer = {"actions": encode(denoiser.sample(x, decode(question["conditions"], -1, denoiser.hidden)))}
            else:
                rows = question["rows"]
                samplers[rows] = samplers.get(rows) or Sampler(denoiser, rows)
                answer = samplers[rows].run(question["seconds"])
            print(json.dumps(answer), flush=True)


main()
