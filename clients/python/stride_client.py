"""Client of the Stride API in one file: the standard library and numpy.

    stride = Stride("http://127.0.0.1:3000")
    actions = stride.sample({"model": "robot@champion"}, observations=obs)  # [rows, horizon, dim]
    model = stride.train({"model": "robot", "dataset": "pairs"})["model"]
    for event in stride.follow("smp_..."): print(event["type"], event["data"])
    with stride.policy("robot@stable", steps=10) as policy:  # a robot's session
        plan = policy.infer({"state": obs}, executed_steps=4)["actions"]  # [horizon, dim]
"""

import base64
import http.client
import io
import json
import os
import random
import socket
import ssl
import struct
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import numpy as np

__all__ = ["Policy", "Stride", "StrideError", "encode_tensor", "decode_tensor"]

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

    url: default STRIDE_URL, or this machine. api_key: default STRIDE_API_KEY; needed only where the service has API keys.
    timeout: seconds that a connection may be silent.
    retry: seconds for which a call is repeated while the service is away or full; 0: never.
    """

    def __init__(self, url=None, api_key=None, timeout=90.0, retry=30.0):
        self.url = (url or os.environ.get("STRIDE_URL") or "http://127.0.0.1:3000").rstrip("/")
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

    def policy(self, model, **settings):
        """A session of the policy socket: a Policy. settings: steps, eta, samples, priority, deadline_ms, fps, seed."""
        return Policy(self, model, settings)

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


class Policy:
    """One robot's session; it connects when it is first used, and again after a connection was lost.

    metadata: what the service says of the model, once connected.
    """

    def __init__(self, stride, model, settings):
        self._stride, self._settings = stride, urllib.parse.urlencode(settings)
        self._path = f"/v1/policies/{urllib.parse.quote(model, safe='@')}"
        self._socket, self._chunk, self._actions, self.metadata = None, None, None, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def infer(self, observation, executed_steps=None, **options):
        """The reply to one observation {key: array}; its "actions" are float32 [horizon, dim].

        executed_steps: how many steps of the newest plan were executed, so that the next one continues it
        (real-time chunking), also after a lost connection. None, or all of them: the next one is free.
        options: delay_steps (steps that will be executed until the plan is there; else the service guesses),
        execution_horizon, schedule, max_weight, observed_at.
        Raises StrideError with the service's code, or `connection_lost` when no answer came within `retry` seconds.
        """
        until, pause = time.monotonic() + self._stride.retry, _PAUSES[0]
        while True:
            try:
                return self._ask(observation, executed_steps, options)
            except (OSError, EOFError) as error:
                self._drop()
                if time.monotonic() + pause > until:
                    raise StrideError("connection_lost", str(error)) from error
            time.sleep(pause)
            pause = min(2 * pause, _PAUSES[1])

    def close(self):
        """Ends the session and the movement; the next call of `infer` begins another one."""
        self._drop()
        self._actions = None

    def _drop(self):
        if self._socket is not None:
            self._socket.close()
        self._socket, self._chunk = None, None

    def _ask(self, observation, executed_steps, options):
        if self._socket is None:
            self._socket = _WebSocket(self._stride, f"{self._path}?{self._settings}")
            self.metadata = self._receive()
        if executed_steps is not None and self._actions is not None and executed_steps < self._actions.shape[-2]:
            plan = {"previous_actions": self._actions} if self._chunk is None else {"chunk": self._chunk}
            options = {**options, "executed_steps": executed_steps, **plan}
        message = {**observation, "stride": options} if options else observation
        self._socket.send(_pack(message))
        reply = self._receive()
        if "error" in reply:
            raise StrideError(reply["error"]["code"], reply["error"]["detail"])
        self._chunk, self._actions = reply["chunk"], reply["actions"]
        return reply

    def _receive(self):
        frame = self._socket.receive()
        if isinstance(frame, bytes):
            return _unpack(frame)
        self._drop()
        code, _, detail = frame.partition(": ")
        raise StrideError(code, detail)


class _WebSocket:
    """A client of RFC 6455: one frame for each message, without extensions."""

    def __init__(self, stride, path):
        url = urllib.parse.urlsplit(stride.url)
        port = url.port or (443 if url.scheme == "https" else 80)
        self._socket = socket.create_connection((url.hostname, port), stride.timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if url.scheme == "https":
            self._socket = ssl.create_default_context().wrap_socket(self._socket, server_hostname=url.hostname)
        self._file = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        head = {"Host": url.netloc, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key}
        head = {**head, "Sec-WebSocket-Version": "13", **stride._headers}
        lines = [f"GET {url.path}{path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        status = int((self._file.readline().split() + [b"0", b"0"])[1])
        headers = http.client.parse_headers(self._file)
        if status != 101:
            body = self._file.read(int(headers.get("Content-Length", "0")))
            self.close()
            raise _refused(urllib.error.HTTPError(stride.url + path, status, "", headers, io.BytesIO(body)))

    def send(self, data, opcode=2):
        size = len(data)
        mask = os.urandom(4)
        length = struct.pack("!B", 128 | size) if size < 126 else struct.pack("!BH", 254, size)
        if size > 65535:
            length = struct.pack("!BQ", 255, size)
        masked = np.frombuffer(data, np.uint8) ^ np.resize(np.frombuffer(mask, np.uint8), size)
        self._socket.sendall(struct.pack("!B", 128 | opcode) + length + mask + masked.tobytes())

    def receive(self):
        """The next message: bytes, or the text of a refusal."""
        data, kind = b"", 0
        while True:
            first, size = self._read(2)
            size &= 127
            if size > 125:
                size = int.from_bytes(self._read(2 if size == 126 else 8), "big")
            piece, opcode = self._read(size), first & 15
            if opcode == 8:
                raise EOFError(f"closed with {int.from_bytes(piece[:2], 'big')} {piece[2:].decode()}")
            if opcode == 9:
                self.send(piece, 10)
            if opcode > 7:
                continue
            data, kind = data + piece, kind or opcode
            if first & 128:
                return data if kind == 2 else data.decode()

    def close(self):
        self._file.close()
        self._socket.close()

    def _read(self, size):
        data = self._file.read(size)
        if len(data) < size:
            raise EOFError("the connection was lost")
        return data


def _pack(value):
    """MessagePack, with arrays as openpi's msgpack_numpy writes them."""
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.ascontiguousarray(value)
        shape = list(np.shape(value))
        return _pack({b"__ndarray__": True, b"data": array.tobytes(), b"dtype": array.dtype.str, b"shape": shape})
    if isinstance(value, int):
        return struct.pack("!Bq", 0xD3, value)
    if isinstance(value, float):
        return struct.pack("!Bd", 0xCB, value)
    if isinstance(value, bytes):
        return struct.pack("!BI", 0xC6, len(value)) + value
    if isinstance(value, str):
        return struct.pack("!BI", 0xDB, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        pairs = [_pack(key) + _pack(inner) for key, inner in value.items()]
        return struct.pack("!BI", 0xDF, len(pairs)) + b"".join(pairs)
    if isinstance(value, (list, tuple)):
        return struct.pack("!BI", 0xDD, len(value)) + b"".join(map(_pack, value))
    raise TypeError(f"{type(value).__name__} has no place in an observation")


# First byte of MessagePack: what follows it, by struct's letters, and what that is.
_NUMBERS = dict(zip(range(0xCA, 0xD4), "fdBHIQbhiq"))
_SIZED = {0xC4: ("B", bytes), 0xC5: ("H", bytes), 0xC6: ("I", bytes), 0xD9: ("B", str), 0xDA: ("H", str)}
_SIZED.update({0xDB: ("I", str), 0xDC: ("H", list), 0xDD: ("I", list), 0xDE: ("H", dict), 0xDF: ("I", dict)})


def _unpack(data):
    return _Unpacker(data).value()


class _Unpacker:
    def __init__(self, data):
        self._data, self._at = data, 0

    def value(self):
        first = self._take(1)[0]
        if first < 0x80 or first >= 0xE0:
            return first if first < 0x80 else first - 256
        if first < 0xC0:
            kind, size = (dict, first & 15) if first < 0x90 else (list, first & 15) if first < 0xA0 else (str, first & 31)
            return self._sized(kind, size)
        if first in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[first]
        if first in _NUMBERS:
            return self._number(_NUMBERS[first])
        letter, kind = _SIZED[first]
        return self._sized(kind, self._number(letter))

    def _sized(self, kind, size):
        if kind is bytes or kind is str:
            return self._take(size) if kind is bytes else self._take(size).decode()
        if kind is list:
            return [self.value() for _ in range(size)]
        pairs = {self.value(): self.value() for _ in range(size)}
        if b"__ndarray__" not in pairs:
            return pairs
        return np.frombuffer(pairs[b"data"], pairs[b"dtype"]).reshape(pairs[b"shape"])

    def _number(self, letter):
        return struct.unpack(f"!{letter}", self._take(struct.calcsize(letter)))[0]

    def _take(self, size):
        self._at += size
        return self._data[self._at - size : self._at]
