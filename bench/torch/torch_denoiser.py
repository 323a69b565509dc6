"""Our network and its DDIM update in plain PyTorch, for the peers of the benchmarks.

What depends on the timestep or the observation alone is hoisted, as in our own graphs: a step adds a row of the time table and the
condition to x · Wx. All rows are at the same step and draw no noise, which is PyTorch's easiest case.
"""

import base64

import numpy
import torch
import torch.nn.functional as F


def decode(text, *shape):
    return torch.from_numpy(numpy.frombuffer(base64.b64decode(text), dtype=numpy.float32).copy()).reshape(shape)


def encode(tensor):
    return base64.b64encode(tensor.float().cpu().contiguous().numpy().tobytes()).decode()


class HoistedDenoiser:
    """model: outputs D, hiddenSize H, numLayers, parameters by name, times [S,H], coefficients [S,8] as a b c d e s lo hi."""

    def __init__(self, model, device="cpu", dtype=torch.float32):
        self.outputs, self.hidden = model["outputs"], model["hiddenSize"]
        place = lambda tensor: tensor.to(device=device, dtype=dtype).contiguous()
        shapes = {name: value["shape"] for name, value in model["parameters"].items()}
        weights = {name: decode(value["data"], *shapes[name]) for name, value in model["parameters"].items()}
        # [out, in], as torch.nn.Linear keeps its weights
        dense = lambda name: (place(weights[name + ".kernel"].T), place(weights[name + ".bias"]))
        norm = lambda name: (place(weights[name + ".gamma"]), place(weights[name + ".beta"]))
        kernel = weights["denoiser_in.kernel"]
        self.first = place(kernel[: self.outputs].T)
        self.observed = dense("obs_embed")
        self.condition = place(kernel[self.outputs + self.hidden :].T), place(weights["denoiser_in.bias"])
        names = [f"denoiser_block_{i + 1}" for i in range(model["numLayers"])]
        self.blocks = [norm(name + "_norm") + dense(name + "_up") + dense(name + "_down") for name in names]
        self.last = dense("noise_out")
        coefficients = decode(model["coefficients"], -1, 8)
        self.times = place(decode(model["times"], -1, self.hidden))
        # [S,8] float32: tensors, where numbers would be compiled in
        self.coefficients = coefficients.to(device)
        self.numbers = coefficients.tolist()
        self.steps = len(self.numbers)

    def encode(self, observations):
        """[B,O], normalised, to the part of the first layer that depends on them alone, [B,H]."""
        return F.linear(F.linear(observations, *self.observed), *self.condition)

    def predict(self, x, time, conditions):
        h = F.silu(torch.addmm(conditions + time, x, self.first.T), inplace=True)
        for gamma, beta, up, up_bias, down, down_bias in self.blocks:
            inner = F.silu(F.linear(F.layer_norm(h, (self.hidden,), gamma, beta, 1e-5), up, up_bias), inplace=True)
            h = h.add_(F.linear(inner, down, down_bias))
        return F.linear(h, *self.last)

    def step(self, x, k, conditions):
        """x' of step k; coefficients are numbers, which eager PyTorch folds into its kernels."""
        a, b, c, d, _, _, lo, hi = self.numbers[k]
        predicted = self.predict(x, self.times[k], conditions)
        x0 = torch.add(x * a, predicted, alpha=b).clamp_(lo, hi)
        return x0.mul_(c).add_(predicted, alpha=d)

    def sample(self, x, conditions):
        for k in range(self.steps):
            x = self.step(x, k, conditions)
        return x
