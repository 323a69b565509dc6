"""Prints what tritonclient sends, request by request: record_transcript.py HOST:PORT, a service with the model tiny.

pip install tritonclient[http]==2.73.0; the lines become tritonclient-transcript.json.
"""

import base64
import importlib.metadata
import json
import socket
import sys
import threading

import numpy as np
import tritonclient.http as triton

requests = []


def pass_on(client, server, note):
    """Passes bytes on until one side closes; the answer to a request begins the next one."""
    while data := client.recv(65536):
        note(data)
        server.sendall(data)
    server.shutdown(socket.SHUT_WR)


def serve(listener, address):
    while True:
        client, _ = listener.accept()
        server = socket.create_connection(address)
        pending = []

        def answered(_data):
            if pending:
                requests.append(b"".join(pending))
                pending.clear()

        threading.Thread(target=pass_on, args=(client, server, pending.append), daemon=True).start()
        threading.Thread(target=pass_on, args=(server, client, answered), daemon=True).start()


def tensor(name, values, datatype, binary=True):
    made = triton.InferInput(name, list(values.shape), datatype)
    made.set_data_from_numpy(values, binary_data=binary)
    return made


def inputs(binary=True):
    observations = np.array([[0.25, -0.5, 0.75], [1, 0, -1]], np.float32)
    return [
        tensor("observations", observations, "FP32", binary),
        tensor("seed", np.array([7], np.int64), "INT64", binary),
    ]


def output(binary):
    return [triton.InferRequestedOutput("actions", binary_data=binary)]


host, port = sys.argv[1].split(":")
listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, args=(listener, (host, int(port))), daemon=True).start()
client = triton.InferenceServerClient(f"127.0.0.1:{listener.getsockname()[1]}")

calls = {
    "live": client.is_server_live,
    "ready": client.is_server_ready,
    "model ready": lambda: client.is_model_ready("tiny"),
    "version ready": lambda: client.is_model_ready("tiny", "1"),
    "server metadata": client.get_server_metadata,
    "model metadata": lambda: client.get_model_metadata("tiny"),
    "model config": lambda: client.get_model_config("tiny", "1"),
    "bytes both ways": lambda: client.infer("tiny", inputs(), parameters={"num_inference_steps": 5}),
    "bytes in, JSON out": lambda: client.infer("tiny", inputs(), outputs=output(False), parameters={"num_inference_steps": 5}),
    "JSON in, bytes out": lambda: client.infer("tiny", inputs(False), outputs=output(True), parameters={"num_inference_steps": 5}),
    "JSON both ways": lambda: client.infer("tiny", inputs(False), outputs=output(False), parameters={"num_inference_steps": 5}),
    "gzip, everything named": lambda: client.infer(
        "tiny", inputs(), model_version="1", outputs=output(True), request_id="call-1", priority=1, timeout=60_000_000,
        request_compression_algorithm="gzip", response_compression_algorithm="gzip", parameters={"num_inference_steps": 5},
    ),
    "deflate": lambda: client.infer(
        "tiny", inputs(), request_compression_algorithm="deflate", parameters={"num_inference_steps": 5}
    ),
}  # fmt: skip
transcript = []
for name, call in calls.items():
    requests.clear()
    call()
    [request] = requests
    head, body = request.split(b"\r\n\r\n", 1)
    transcript.append({"call": name, "head": head.decode().split("\r\n"), "body": base64.b64encode(body).decode()})
print(json.dumps({"client": f"tritonclient {importlib.metadata.version('tritonclient')}", "requests": transcript}, indent=2))
