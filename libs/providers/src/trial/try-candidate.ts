/** A trial from outside: starts its process, and says how it ended. Knows nothing of what is computed. */

import { extname } from 'node:path';
import { runProbe, type ProbeEnd } from '#onnx';
import type { TrialQuestion, TrialResult } from './trial.js';

/** How a candidate came through its trial. */
export type Verdict =
  | { readonly works: true; /** Absent where no process tried it. */ readonly result?: TrialResult }
  | { readonly works: false; readonly reason: string };

interface TrialLimits {
  readonly limitMs: number;
  readonly memoryBytes: number;
}

const PROGRAM = new URL(`./trial.program${extname(import.meta.url)}`, import.meta.url);
/** To load a driver's libraries and to compile kernels for a device takes seconds. */
const LIMITS: TrialLimits = { limitMs: 60_000, memoryBytes: 16 * 2 ** 30 };

/**
 * Tries a candidate in a process of its own, which may crash, hang or swell without harm to this one. It sees
 * this one's environment, which says where drivers lie.
 */
export async function tryCandidate(question: TrialQuestion, limits: TrialLimits = LIMITS): Promise<Verdict> {
  try {
    const end = await runProbe<TrialResult>(PROGRAM, question, { ...limits, env: process.env });
    if (end.answer?.kind === 'passed') return { works: true, result: end.answer.result };
    return { works: false, reason: oneLine(reasonOf(end, limits)) };
  } catch (error) {
    return { works: false, reason: oneLine(`its process did not start: ${String(error)}`) };
  }
}

function reasonOf({ answer, timedOut, outOfMemory, signal }: ProbeEnd<TrialResult>, limits: TrialLimits): string {
  if (answer?.kind === 'refused') return answer.message;
  if (timedOut) return `silent: no answer within ${limits.limitMs} ms`;
  if (outOfMemory) return `silent: it took more than ${limits.memoryBytes} bytes of memory`;
  return `silent: its process ended (${signal ?? 'without a signal'})`;
}

/** At most 300 characters; native messages hold line breaks and source paths. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}
