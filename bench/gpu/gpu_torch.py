"""The peer of gpu.ts: a whole plan per call on one device, in PyTorch eager and compiled, and in JAX where it is installed.

Reads one JSON line with the device and the model, answers with the contenders and the measured peaks, then answers every further line:
{"prepare": name, "rows", "x", "conditions"} with the actions of the first and the last row, or with the problem that kept the
contender from running; {"run": name, "calls"} with the seconds of each call; {"release": name} when the rows are needed no more.
State stays on the device.
"""

import json
import os
import sys
import time
from pathlib import Path

# JAX would take most of the device's memory for itself

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

import torch  # noqa: E402

sys.path.append(str(Path(__file__).resolve().parent.parent / "torch"))
from torch_denoiser import HoistedDenoiser, decode, encode  # noqa: E402

MATMULS = 20


class Device:
    def __init__(self, kind):
        self.kind = kind

    @property
    def name(self):
        return torch.cuda.get_device_name() if self.kind == "cuda" else "CPU"

    def wait(self):
        if self.kind == "cuda":
            torch.cuda.synchronize()

    def peak(self, dtype, size):
        """FLOP/s of the fastest of some large products."""
        left, right = (torch.randn(size, size, device=self.kind, dtype=dtype) for _ in range(2))
        best = 0.0
        for _ in range(MATMULS):
            self.wait()
            started = time.perf_counter()
            left @ right
            self.wait()
            best = max(best, 2 * size**3 / (time.perf_counter() - started))
        return best


class Eager:
    def __init__(self, device, model, dtype):
        self.device, self.dtype = device, dtype
        self.denoiser = HoistedDenoiser(model, device.kind, dtype)

    def prepare(self, x, conditions):
        self.place(x, conditions)
        return self.call()

    def place(self, x, conditions):
        self.x = x.to(device=self.device.kind, dtype=self.dtype)
        self.conditions = conditions.to(device=self.device.kind, dtype=self.dtype)

    def call(self):
        return self.denoiser.sample(self.x, self.conditions)

    def release(self):
        self.x = self.conditions = None


class Compiled(Eager):
    """torch.compile of one step, all steps in one CUDA graph; without CUDA the compiled steps are called one by one."""

    def __init__(self, device, model, dtype):
        super().__init__(device, model, dtype)
        if not hasattr(torch, "compile"):
            raise RuntimeError(f"torch.compile needs PyTorch 2, this is {torch.__version__}")
        torch._dynamo.config.recompile_limit = 64  # one program per batch size and arithmetic
        self.compiled = torch.compile(self.step, dynamic=False)
        self.rows = self.denoiser.coefficients.to(dtype)

    def step(self, x, time_row, row, conditions):
        predicted = self.denoiser.predict(x, time_row, conditions)
        x0 = torch.minimum(torch.maximum(row[0] * x + row[1] * predicted, row[6]), row[7])
        return row[2] * x0 + row[3] * predicted

    def prepare(self, x, conditions):
        self.graph = None
        self.place(x, conditions)
        if self.device.kind == "cuda":
            self.capture()
        return self.call()

    def capture(self):
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.sample()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.result = self.sample()
        self.graph = graph

    def sample(self):
        x = self.x
        for k in range(self.denoiser.steps):
            x = self.compiled(x, self.denoiser.times[k], self.rows[k], self.conditions)
        return x

    def call(self):
        if self.graph is None:
            return self.sample()
        self.graph.replay()
        return self.result

    def release(self):
        super().release()
        self.graph = self.result = None


class Jax:
    """One jitted scan over all steps; on a GPU only when JAX itself has one."""

    def __init__(self, device, model, dtype):
        import jax
        import jax.numpy as jnp

        if device.kind == "cuda" and jax.default_backend() != "gpu":
            raise RuntimeError(f"JAX runs on {jax.default_backend()} here, not on the GPU")
        # float32, where JAX would take TensorFloat-32
        jax.config.update("jax_default_matmul_precision", "highest")
        self.jax, self.jnp = jax, jnp
        self.dtype = jnp.bfloat16 if dtype == torch.bfloat16 else jnp.float32
        denoiser = HoistedDenoiser(model)
        place = lambda tensor: jnp.asarray(tensor.contiguous().numpy(), self.dtype)
        self.first = place(denoiser.first.T)
        self.blocks = [[place(part.T if part.ndim == 2 else part) for part in block] for block in denoiser.blocks]
        self.last = [place(denoiser.last[0].T), place(denoiser.last[1])]
        self.plan = (place(denoiser.times), place(denoiser.coefficients))
        self.jitted = jax.jit(self.sample)

    def sample(self, x, conditions):
        silu = self.jax.nn.silu

        def norm(h, gamma, beta):
            wide = h.astype(self.jnp.float32)
            centred = wide - wide.mean(axis=1, keepdims=True)
            scale = self.jax.lax.rsqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
            return (centred * scale).astype(self.dtype) * gamma + beta

        def step(x, inputs):
            time_row, row = inputs
            h = silu(x @ self.first + (conditions + time_row))
            for gamma, beta, up, up_bias, down, down_bias in self.blocks:
                h = h + silu(norm(h, gamma, beta) @ up + up_bias) @ down + down_bias
            predicted = h @ self.last[0] + self.last[1]
            x0 = self.jnp.clip(row[0] * x + row[1] * predicted, row[6], row[7])
            return row[2] * x0 + row[3] * predicted, None

        return self.jax.lax.scan(step, x, self.plan)[0]

    def prepare(self, x, conditions):
        self.x, self.conditions = (self.jnp.asarray(part.numpy(), self.dtype) for part in (x, conditions))
        return torch.tensor(self.call().astype(self.jnp.float32).tolist())

    def call(self):
        return self.jitted(self.x, self.conditions).block_until_ready()

    def release(self):
        self.x = self.conditions = None


KINDS = {"PyTorch eager": Eager, "torch.compile, one CUDA graph": Compiled, "JAX jit": Jax}
DTYPES = {"float32": torch.float32, "bf16": torch.bfloat16}


def inputs(question, denoiser):
    """Random rows, but the first and the last as given: [1 or 2, D] and [1 or 2, H]."""
    generator = torch.Generator().manual_seed(0)
    parts = []
    for name, size in (("x", denoiser["outputs"]), ("conditions", denoiser["hiddenSize"])):
        given = decode(question[name], -1, size)
        rows = torch.randn(question["rows"], size, generator=generator)
        rows[0], rows[-1] = given[0], given[-1]
        parts.append(rows)
    return parts


class Peer:
    def __init__(self, device, model):
        self.device, self.model = device, model
        self.ready = {}

    def prepare(self, question):
        name = question["prepare"]
        kind, dtype = name.rsplit(" ", 1)
        try:
            if name not in self.ready:
                self.ready[name] = KINDS[kind](self.device, self.model, DTYPES[dtype])
            actions = self.ready[name].prepare(*inputs(question, self.model))
            self.device.wait()
            return {"actions": encode(torch.stack([actions[0], actions[-1]]))}
        except Exception as error:  # a peer that cannot run here is reported, whatever the reason
            return {"problem": (str(error) or repr(error)).strip().splitlines()[0][:200]}

    def run(self, question):
        contender, seconds = self.ready[question["run"]], []
        for _ in range(question["calls"]):
            self.device.wait()
            started = time.perf_counter()
            contender.call()
            self.device.wait()
            seconds.append(time.perf_counter() - started)
        return {"seconds": seconds}

    def release(self, question):
        if question["release"] in self.ready:
            self.ready[question["release"]].release()
        return {}


def main():
    start = json.loads(sys.stdin.readline())
    device = Device("cuda" if torch.cuda.is_available() else "cpu")
    if device.kind == "cpu" and not start["allowCpu"]:
        print(json.dumps({"problem": f"PyTorch {torch.__version__} sees no CUDA device"}), flush=True)
        return
    names = [f"{kind} {dtype}" for kind in KINDS for dtype in DTYPES]
    with torch.inference_mode():
        peaks = {name: device.peak(dtype, start["peakSize"]) for name, dtype in DTYPES.items()}
        about = {"version": torch.__version__, "device": device.name, "contenders": names, "peaks": peaks}
        print(json.dumps(about), flush=True)
        peer = Peer(device, start["model"])
        for line in sys.stdin:
            question = json.loads(line)
            answer = next(getattr(peer, verb)(question) for verb in ("prepare", "run", "release") if verb in question)
            print(json.dumps(answer), flush=True)


main()
