import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export const WRK_IS_MISSING = 'wrk is not here: apt-get install wrk';

/** What one connection sends again and again. */
export interface WrkRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WrkRun {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const UNITS_MS: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3, m: 60e3 };

export function isWrkInstalled(): boolean {
  return spawnSync('wrk', ['--version']).error === undefined;
}

/**
 * The load generator wrk on one thread, which takes far less CPU than a service. @throws Error unless every
 * answer is 200
 */
export async function runWrk(request: WrkRequest, connections: number, seconds: number): Promise<WrkRun> {
  const directory = mkdtempSync(join(tmpdir(), 'stride-wrk-'));
  const script = join(directory, 'request.lua');
  writeFileSync(script, luaOf(request));
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '--latency', '-s', script];
  try {
    const wrk = spawn('wrk', [...options, request.url], { stdio: ['ignore', 'pipe', 'inherit'] });
    return parseRun(await text(wrk.stdout));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function luaOf({ headers, body }: WrkRequest): string {
  return [
    "wrk.method = 'POST'",
    ...Object.entries(headers).map(([name, value]) => `wrk.headers['${name}'] = '${value}'`),
    `wrk.body = [==[${body}]==]`,
    'local threads = {}',
    'function setup(thread) table.insert(threads, thread) end',
    'function init() others = 0 end',
    'function response(status) if status ~= 200 then others = others + 1 end end',
    "function done() for _, t in ipairs(threads) do print('others ' .. t:get('others')) end end",
  ].join('\n');
}

function parseRun(output: string): WrkRun {
  const others = /^others (\d+)$/m.exec(output)?.[1];
  const errors = /Socket errors: .*/.exec(output)?.[0];
  if (others !== '0' || errors !== undefined) throw new Error(`not every answer was 200: ${errors ?? output}`);
  const at = (percent: string) => {
    const [, value, unit = ''] = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s|m)$`, 'm').exec(output) ?? [];
    return Number(value) * (UNITS_MS[unit] ?? Number.NaN);
  };
  return { requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]), p50Ms: at('50'), p99Ms: at('99') };
}
