"""What a user would write instead of a service: one network behind FastAPI and uvicorn, requests batched in memory.

Reads one JSON line with the model, answers it with the address, and serves POST /act until its input ends. A batch takes what
comes within 2 ms of its first request, at most 64 rows, and runs in eager PyTorch on one thread beside the event loop.
"""

import asyncio
import json
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import List, Optional

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from torch_denoiser import HoistedDenoiser

WINDOW_SECONDS, MAX_ROWS = 0.002, 64
ROW_SHAPE = (8, 2)


class Observation(BaseModel):
    observation: List[float]
    noise: Optional[List[float]] = None


class Policy:
    def __init__(self, denoiser):
        self.denoiser, self.waiting = denoiser, asyncio.Queue()
        self.thread = ThreadPoolExecutor(1)

    def sample(self, batch):
        with torch.inference_mode():
            conditions = self.denoiser.encode(torch.tensor([request.observation for request, _ in batch]))
            x = torch.randn(len(batch), self.denoiser.outputs)
            for row, (request, _) in enumerate(batch):
                if request.noise is not None:
                    x[row] = torch.tensor(request.noise)
            return self.denoiser.sample(x, conditions).reshape(-1, *ROW_SHAPE).tolist()

    async def serve(self):
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self.waiting.get()]
            await asyncio.sleep(WINDOW_SECONDS)  # wait_for for each further request would cost more than it
            while len(batch) < MAX_ROWS and not self.waiting.empty():
                batch.append(self.waiting.get_nowait())
            for (_, future), actions in zip(batch, await loop.run_in_executor(self.thread, self.sample, batch)):
                if not future.done():
                    future.set_result(actions)


def main():
    torch.set_num_threads(1)
    denoiser = HoistedDenoiser(json.loads(sys.stdin.readline()))
    app = FastAPI()

    @app.on_event("startup")
    async def start():
        app.policy = Policy(denoiser)
        app.worker = asyncio.create_task(app.policy.serve())

    @app.post("/act")
    async def act(request: Observation):
        future = asyncio.get_running_loop().create_future()
        await app.policy.waiting.put((request, future))
        return {"actions": await future}

    # asyncio turns Nagle's algorithm off only for a socket that says that it is TCP
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    versions = {"torch": torch.__version__, "uvicorn": uvicorn.__version__}
    print(json.dumps({"url": f"http://127.0.0.1:{listener.getsockname()[1]}/act", **versions}), flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))

    def stop_with_input():
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=stop_with_input, daemon=True).start()
    server.run(sockets=[listener])


main()
