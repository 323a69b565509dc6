"""Asks the policy tiny at HOST:PORT for plans with openpi-client, and prints what came as hex."""

import json
import sys

import numpy as np
from openpi_client.action_chunk_broker import ActionChunkBroker
from openpi_client.websocket_client_policy import WebsocketClientPolicy

observation = {"state": np.array([0.25, -0.5, 0.75], np.float32)}


def policy():
    return WebsocketClientPolicy(f"ws://{sys.argv[1]}/v1/policies/tiny?seed=3&steps=5")


first = policy()
plans = [first.infer(observation) for _ in range(2)]
broker = ActionChunkBroker(policy(), action_horizon=4)
steps = [broker.infer(observation)["actions"] for _ in range(4)]
try:
    first.infer({"state": np.zeros(2)})
    refused = "accepted"
except RuntimeError as error:
    refused = str(error)
print(
    json.dumps(
        {
            "model": first.get_server_metadata()["model"],
            "plans": [plan["actions"].tobytes().hex() for plan in plans],
            "seeds": [plan["seed"] for plan in plans],
            "steps": np.stack(steps).tobytes().hex(),
            "refused": refused,
        }
    )
)
