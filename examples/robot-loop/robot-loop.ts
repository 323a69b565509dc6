// A robot at 20 Hz: it executes one plan while the service computes the next. Run: npm start, then
// node dist/examples/robot-loop/robot-loop.js [model] [size of an observation] [ticks]
import { setTimeout as delay } from 'node:timers/promises';
import { createStrideClient } from '#client';

const [model = 'pendigits', size = '10', ticks = '100'] = process.argv.slice(2);
const TICK_MS = 50;
const stride = createStrideClient(process.env.STRIDE_URL || 'http://127.0.0.1:3000', {
  apiKey: process.env.STRIDE_API_KEY,
});
const robot = stride.policy(model, { fps: 1_000 / TICK_MS, steps: 10 });
const observe = () => new Float32Array(Number(size)); // your sensors
// your motors
const execute = (action: Float32Array | undefined) => console.log(action ? [...action] : 'holds still');

let plan = robot.infer({ state: observe() });
const startedAt = (await plan) && performance.now();
for (let tick = 0; tick < Number(ticks); tick++) {
  if (tick % 3 === 1) plan = robot.infer({ state: observe() });
  execute(robot.nextAction());
  await delay(startedAt + (tick + 1) * TICK_MS - performance.now());
}
await plan;
robot.close();
