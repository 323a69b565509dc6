"""Client of the Stride API in one file: the standard library and numpy.

    stride = Stride("http://127.0.0.1:3000")
    actions = stride.sample({"model": "robot@champion"}, observations=obs)  # [rows, horizon, dim]
    model = stride.train({"model": "robot", "dataset": "pairs"})["model"]
    for event in stride.follow("smp_..."): print(event["type"], event["data"])
"""

import base64
import http.client
import json
import os
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import numpy as np

__all__ = ["Stride", "StrideError", "encode_tensor", "decode_tensor"]

_FINAL = {"succeeded", "failed", "cancelled"}
_LOST = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError)
_LONGEST_WAIT = 60
_PAUSES = (0.1, 5.0)  # seconds: the first one between two attempts, and the longest


class StrideError(Exception):
    """A refusal of the service or a failed job. `code` is stable; `status` is HTTP's, None for a job."""

    def __init__(self, code, message, status=None):
        super().__init__(f"{code}: {message}")
        self.code, self.status = code, status


def encode_tensor(array):
    """An array of any shape as a request takes it: little-endian float32 in base64."""
    array = np.ascontiguousarray(array, dtype="<f4")
    return {"shape": list(array.shape), "dtype": "float32", "data": base64.b64encode(array.tobytes()).decode()}


def decode_tensor(tensor):
    """The float32 array of an encoded tensor."""
    return np.frombuffer(base64.b64decode(tensor["data"]), dtype="<f4").reshape(tensor["shape"]).astype(np.float32)


class Stride:
    """One service.

    api_key: default STRIDE_API_KEY; needed only where the service has API keys.
    timeout: seconds that a connection may be silent.
    retry: seconds for which a call is repeated while the service is away or full; 0: never.
    """

    def __init__(self, url="http://127.0.0.1:3000", api_key=None, timeout=90.0, retry=30.0):
        self.url = url.rstrip("/")
        self.timeout, self.retry = timeout, retry
        key = api_key or os.environ.get("STRIDE_API_KEY")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def sample(self, request, observations=None):
        """Runs one sampling job and returns its actions, float32 [rows, horizon, dim].

        request: the JSON of POST /v1/sampling-jobs. observations: [N, obsSize], instead of those in the request.
        Raises StrideError with the code of the refusal or of the failed job.
        """
        body = dict(request)
        if observations is not None:
            body["observations"] = encode_tensor(observations)
        job = self.call("POST", "/v1/sampling-jobs", body, {"Prefer": f"wait={_LONGEST_WAIT}, tensors=base64"})
        if job["finishedAt"] is None:
            job = self.wait(job["id"])
        _require_success(job)
        if isinstance(job["result"].get("data"), str):
            return decode_tensor(job["result"])
        accept = {"Accept": "application/vnd.stride.tensor+json"}
        return decode_tensor(self.call("GET", f"/v1/sampling-jobs/{job['id']}/result", headers=accept))

    def train(self, request, on_event=None):
        """Runs one training job and returns it; job["model"] then is name and version, as requests name them.

        Raises StrideError with the code of the refusal or of the failed job.
        """
        job = self.wait(self.call("POST", "/v1/training-jobs", request)["id"], on_event)
        _require_success(job)
        made = job["result"]["model"]
        return {**job, "model": f"{made['name']}@{made['version']}"}

    def upload_dataset(self, name, file_or_bytes):
        """Stores a safetensors or npz file, by path or as bytes, as the dataset that training requests name."""
        if not isinstance(file_or_bytes, bytes):
            with open(file_or_bytes, "rb") as file:
                file_or_bytes = file.read()
        path = f"/v1/datasets/{urllib.parse.quote(name, safe='')}"
        return self.call("PUT", path, file_or_bytes, {"Content-Type": "application/octet-stream"})

    def wait(self, job_id, on_event=None):
        """The job once it has ended, whichever way."""
        for event in self.follow(job_id):
            if on_event:
                on_event(event)
        return self.call("GET", _path(job_id))

    def follow(self, job_id, last_event_id=None):
        """Events {id, type, data} of a job until its final one, across lost connections."""
        pause = _PAUSES[0]
        while True:
            resume = {"Last-Event-ID": last_event_id} if last_event_id else {}
            try:
                headers = {"Accept": "text/event-stream", **resume}
                with self._open("GET", f"{_path(job_id)}/events", None, headers) as answer:
                    for event in _events(answer):
                        last_event_id, pause = event["id"] or last_event_id, _PAUSES[0]
                        yield event
                        if event["type"] in _FINAL:
                            return
            except StrideError as error:
                if error.status not in (429, 503):
                    raise
            except _LOST:
                pass
            time.sleep(pause)
            pause = min(2 * pause, _PAUSES[1])

    def call(self, method, path, body=None, headers=None):
        """The JSON of one call. A POST has an Idempotency-Key, so its repeats stay one job."""
        headers = dict(headers or {})
        if method == "POST":
            headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        until, pause = time.monotonic() + self.retry, _PAUSES[0]
        while True:
            try:
                with self._open(method, path, body, headers) as answer:
                    return json.load(answer)
            except StrideError as error:
                wait = max(getattr(error, "retry_after", 0), pause)
                if error.status not in (429, 503) or time.monotonic() + wait > until:
                    raise
            except _LOST:
                wait = pause * random.uniform(0.5, 1)
                if time.monotonic() + wait > until:
                    raise
            time.sleep(wait)
            pause = min(2 * pause, _PAUSES[1])

    def _open(self, method, path, body, headers):
        if body is not None and not isinstance(body, bytes):
            body, headers = json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
        request = urllib.request.Request(self.url + path, body, {**self._headers, **headers}, method=method)
        try:
            return urllib.request.urlopen(request, timeout=self.timeout)
        except urllib.error.HTTPError as refusal:
            raise _refused(refusal) from None


def _refused(refusal):
    try:
        problem = json.load(refusal)
        error = StrideError(problem["code"], problem["detail"], refusal.code)
    except (ValueError, KeyError, TypeError):
        error = StrideError("unexpected_answer", f"the service answered {refusal.code}", refusal.code)
    seconds = refusal.headers.get("Retry-After", "0")
    error.retry_after = float(seconds) if seconds.isdigit() else 0.0
    return error


def _require_success(job):
    if job["status"] != "succeeded":
        error = job["error"] or {"code": job["status"], "message": job["status"]}
        raise StrideError(error["code"], f"job {job['id']}: {error['message']}")


def _path(job_id):
    route = "training-jobs" if job_id.startswith("trn_") else "sampling-jobs"
    return f"/v1/{route}/{urllib.parse.quote(job_id, safe='')}"


def _events(lines):
    fields = {}
    for line in lines:
        name, _, value = line.decode().rstrip("\r\n").partition(": ")
        if name in ("id", "event", "data"):
            fields[name] = value
        elif not name and "data" in fields:
            kind = fields.get("event", "message")
            yield {"id": fields.get("id", ""), "type": kind, "data": json.loads(fields["data"])}
            fields = {}
