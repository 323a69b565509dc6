"""Asks HOST:PORT for the model tiny with tritonclient.http in every form, and prints the actions of each as hex."""

import itertools
import json
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

client = triton.InferenceServerClient(sys.argv[1], concurrency=4)
assert client.is_server_live() and client.is_server_ready()
assert client.is_model_ready("tiny") and client.is_model_ready("tiny", "1") and not client.is_model_ready("nobody")
metadata, config = client.get_model_metadata("tiny"), client.get_model_config("tiny", "1")
observations = np.array([[0.25, -0.5, 0.75], [1, 0, -1]], np.float32)


def tensor(name, values, datatype, binary):
    made = triton.InferInput(name, list(values.shape), datatype)
    made.set_data_from_numpy(values, binary_data=binary)
    return made


def inputs(binary):
    return [
        tensor("observations", observations, "FP32", binary),
        tensor("seed", np.array([7], np.int64), "INT64", binary),
    ]


def outputs(binary):
    return None if binary is None else [triton.InferRequestedOutput("actions", binary_data=binary)]


def options(packed):
    return {
        "parameters": {"num_inference_steps": 5},
        "request_compression_algorithm": packed,
        "response_compression_algorithm": packed,
    }


forms = list(itertools.product([True, False], [None, True, False], [None, "gzip", "deflate"]))
answers = [client.infer("tiny", inputs(a), outputs=outputs(b), **options(c)) for a, b, c in forms]
running = [client.async_infer("tiny", inputs(True), **options(None)) for _ in range(8)]
answers += [request.get_result() for request in running]
try:
    client.infer("tiny", [tensor("observations", observations.astype(np.float64), "FP64", True)])
    refused = "accepted"
except InferenceServerException as error:
    refused = f"{error.status()} {error.message()}"
actions = [answer.as_numpy("actions") for answer in answers]
print(
    json.dumps(
        {
            "shapes": [list(array.shape) for array in actions],
            "actions": [array.tobytes().hex() for array in actions],
            "sizes": [metadata["inputs"][0]["shape"], config["output"][0]["dims"]],
            "refused": refused,
        }
    )
)
