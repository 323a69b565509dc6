"""A robot at 20 Hz, as robot-loop.ts. Run: PYTHONPATH=clients/python python3 examples/robot-loop/robot_loop.py"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from stride_client import Stride

model, size, ticks = (sys.argv[1:] + ["pendigits", "10", "100"][len(sys.argv) - 1 :])[:3]
observe = lambda: {"state": np.zeros(int(size))}  # your sensors
with Stride().policy(model, fps=20, steps=10) as policy, ThreadPoolExecutor(1) as beside:
    actions, position, coming = policy.infer(observe())["actions"], 0, None
    due = time.monotonic()
    for tick in range(int(ticks)):
        if coming and coming.done():  # what was executed meanwhile is not executed again
            actions, position, coming = coming.result()["actions"], tick - asked_at, None
        if coming is None and position > 1:
            coming, asked_at = beside.submit(policy.infer, observe(), position), tick
        print(actions[position].tolist() if position < len(actions) else "holds still")  # your motors
        position += 1
        due += 0.05
        time.sleep(max(0, due - time.monotonic()))
