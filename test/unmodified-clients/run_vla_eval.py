"""Asks the policy tiny at HOST:PORT for an episode with vla-eval's Connection, and prints its steps as hex."""

import json
import sys
import urllib.request

import anyio
import numpy as np
from vla_eval.connection import Connection

observation = {"state": np.array([0.25, -0.5, 0.75], np.float32)}
address = f"{sys.argv[1]}/v1/policies/tiny/vla-eval"


def ask(path):
    with urllib.request.urlopen(f"http://{path}", timeout=10) as answer:
        return json.load(answer)


async def main():
    async with Connection(f"ws://{address}?seed=3&steps=5") as connection:
        hello = connection.server_info
        await connection.start_episode({"task": {"name": "reach"}})
        steps = [(await connection.act(observation))["actions"] for _ in range(4)]
        await connection.end_episode({"success": True})
        await connection.start_episode({"task": {"name": "reach"}})
        try:
            await connection.act({"state": np.zeros(2)})
            refused = "accepted"
        except RuntimeError as error:
            refused = str(error)
        steps_after = (await connection.act(observation))["actions"]
    return {
        "hello": hello["model"],
        "steps": np.stack(steps).tobytes().hex(),
        "refused": refused,
        "goesOn": steps_after.shape == (2,),
        "control": [ask(f"{place}/{path}") for place in (sys.argv[1], address) for path in ("health", "config")],
    }


print(json.dumps(anyio.run(main)))
