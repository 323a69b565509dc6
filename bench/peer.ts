/**
 * Requests per second beside what a user would write instead: FastAPI, uvicorn and eager PyTorch in one
 * process, batched in memory (bench/torch/policy_service.py). A network of the pen policy's size, one
 * observation per request, 10 steps, in turns; the same noise gets the same actions. Run: node
 * dist/bench/peer.js [seconds per round] [rounds] [engine threads]
 */
import { z } from 'zod';
import { benchParameters, benchPlan } from './engine/engine-workload.js';
import { BenchSystem, CONFIGS } from './http/http-system.js';
import { describeMachine, median, printMachine, writeReport } from './machine.js';
import { isWrkInstalled, runWrk, WRK_IS_MISSING, type WrkRequest, type WrkRun } from './peer/wrk.js';
import { torchModel } from './torch/torch-model.js';
import { isTorchInstalled, TORCH_IS_MISSING, TORCH_KERNELS, TorchProcess } from './torch/torch-process.js';

const [SECONDS = 8, ROUNDS = 3, THREADS = 1] = process.argv.slice(2, 5).map(Number);
const CONNECTIONS = [1, 16, 64];
const WARM_UP_CONNECTIONS = 64;
const STEPS = 10;
const CONFIG = CONFIGS.pen;
const LARGEST_DIFFERENCE = 1e-4;

const observation = Array.from({ length: CONFIG.obsSize }, (_, i) => i / CONFIG.obsSize - 0.5);
const noise = Array.from({ length: CONFIG.actionHorizon * CONFIG.actionDim }, (_, i) => Math.sin(i));
const JSON_BODY = { 'Content-Type': 'application/json' };

const Actions = z.object({ actions: z.array(z.array(z.number())) });
const Job = z.object({ result: z.object({ data: z.array(z.array(z.array(z.number()))) }) });

interface Contender {
  readonly name: string;
  readonly request: WrkRequest;
  /** What it makes of `noise`. */
  readonly actions: () => Promise<number[]>;
}

function stride(url: string): Contender {
  const request = {
    url: `${url}/v1/sampling-jobs`,
    headers: { ...JSON_BODY, Prefer: 'wait=30' },
    body: JSON.stringify({ model: 'pen', observations: [observation], numInferenceSteps: STEPS }),
  };
  const actions = async () => {
    const body = { model: 'pen', observations: [observation], numInferenceSteps: STEPS };
    const shaped = Array.from({ length: CONFIG.actionHorizon }, (_, h) => noise.slice(2 * h, 2 * h + 2));
    const answer = await post({ ...request, body: JSON.stringify({ ...body, initialNoise: [shaped] }) });
    return Job.parse(answer).result.data.flat(2);
  };
  return { name: 'Stride', request, actions };
}

function fastApi(url: string): Contender {
  const request = { url, headers: JSON_BODY, body: JSON.stringify({ observation }) };
  const actions = async () => {
    const answer = await post({ ...request, body: JSON.stringify({ observation, noise }) });
    return Actions.parse(answer).actions.flat();
  };
  return { name: 'FastAPI', request, actions };
}

async function post({ url, headers, body }: WrkRequest): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers, body });
  return response.json();
}

/** @throws Error when they compute different actions */
async function requireSameActions(contenders: readonly Contender[]): Promise<number> {
  const [ours = [], theirs = []] = await Promise.all(contenders.map(({ actions }) => actions()));
  const difference = Math.max(...ours.map((value, i) => Math.abs(value - (theirs[i] ?? Number.NaN))));
  if (ours.length === 0 || !(difference < LARGEST_DIFFERENCE)) throw new Error(`actions differ by ${difference}`);
  return difference;
}

async function inTurns(contenders: readonly Contender[], connections: number): Promise<object> {
  const runs = new Map(contenders.map(({ name }): [string, WrkRun[]] => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, request } of contenders) runs.get(name)?.push(await runWrk(request, connections, SECONDS));
  const [ours = [], theirs = []] = contenders.map(({ name }) => runs.get(name) ?? []);
  const ratios = ours.map((run, i) => run.requestsPerSecond / (theirs[i]?.requestsPerSecond ?? Number.NaN));
  console.log(`${connections} connections: ${median(ratios).toFixed(2)} of FastAPI's requests/s`);
  for (const [name, each] of runs) {
    const of = (key: keyof WrkRun) => each.map((run) => run[key].toFixed(key === 'requestsPerSecond' ? 0 : 1));
    console.log(`  ${name}: ${of('requestsPerSecond').join(' ')} requests/s, p50 ${of('p50Ms').join(' ')} ms`);
  }
  return { connections, ratios, runs: Object.fromEntries(runs) };
}

if (!isTorchInstalled()) throw new Error(TORCH_IS_MISSING);
if (!isWrkInstalled()) throw new Error(WRK_IS_MISSING);
const machine = describeMachine();
printMachine(machine);
const peer = TorchProcess.start('torch/policy_service.py', TORCH_KERNELS.at(-1)?.env ?? process.env);
const system = await BenchSystem.start({ workers: 1, threads: THREADS });
try {
  const plan = benchPlan(STEPS, {}, CONFIG);
  const model = torchModel(CONFIG, benchParameters(CONFIG), plan);
  const { url, ...versions } = await peer.ask<Record<'url' | 'torch' | 'uvicorn', string>>(model);
  const contenders = [stride(system.url), fastApi(url)];
  const difference = await requireSameActions(contenders);
  console.log(
    `PyTorch ${versions.torch}, uvicorn ${versions.uvicorn}; actions differ by ${difference.toExponential(1)}`,
  );
  for (const { request } of contenders) await runWrk(request, WARM_UP_CONNECTIONS, SECONDS);
  const levels = [];
  for (const connections of CONNECTIONS) levels.push(await inTurns(contenders, connections));
  writeReport('peer', { machine, versions, threads: THREADS, seconds: SECONDS, difference, levels });
} finally {
  await system.stop();
  await peer.close();
}
