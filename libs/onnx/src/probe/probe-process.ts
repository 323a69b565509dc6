import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledModuleUrl } from '#engine';

/** What a trial may use before it is ended. */
export interface ProbeLimits {
  readonly limitMs: number;
  /** Of the whole process. */
  readonly memoryBytes: number;
}

/** What the program of a child process is asked, as its first message. */
export interface ProbeTask<Question> {
  readonly question: Question;
  readonly memoryBytes: number;
}

/** What it answers, as its only message. */
export type ProbeAnswer<Result> =
  | { readonly kind: 'passed'; readonly result: Result }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly field: string | undefined };

interface ProbeOptions extends ProbeLimits {
  /** Ends the process. */
  readonly signal?: AbortSignal | undefined;
  /** Default: nothing of ours, which holds passwords. */
  readonly env?: NodeJS.ProcessEnv;
}

/** How a trial ended; without an answer, why there is none. */
export interface ProbeEnd<Result> {
  readonly answer: ProbeAnswer<Result> | undefined;
  readonly timedOut: boolean;
  readonly outOfMemory: boolean;
  readonly signal: NodeJS.Signals | null;
}

/** By this signal a trial ends itself when it takes too much memory. */
export const OUT_OF_MEMORY_SIGNAL = 'SIGUSR2';
/** And by this one when it takes more CPU time than it allowed itself. */
export const OUT_OF_TIME_SIGNAL = 'SIGVTALRM';

/**
 * Asks a program in a process of its own, which may crash, hang or swell without harm to this one. Resolves
 * when the process has ended, so that it never outlives the call.
 * @param program its source or its compiled file; it works in a folder where nothing lies
 */
export async function runProbe<Result>(
  program: URL,
  question: unknown,
  { limitMs, memoryBytes, signal, env = {} }: ProbeOptions,
): Promise<ProbeEnd<Result>> {
  const directory = await mkdtemp(join(tmpdir(), 'stride-probe-'));
  const child = fork(fileURLToPath(compiledModuleUrl(program)), {
    execArgv: [],
    env,
    cwd: directory,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced', // arrays travel as bytes
  });
  let timedOut = false;
  const kill = () => void child.kill('SIGKILL');
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, limitMs);
  signal?.addEventListener('abort', kill, { once: true });
  if (signal?.aborted) kill();
  try {
    const { answer, signal: endedBy } = await answerOf<Result>(child, { question, memoryBytes });
    timedOut ||= endedBy === OUT_OF_TIME_SIGNAL;
    return { answer, timedOut, outOfMemory: endedBy === OUT_OF_MEMORY_SIGNAL, signal: endedBy };
  } catch (error) {
    kill(); // a question that cannot be sent leaves a child that waits for it
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
    await rm(directory, { recursive: true, force: true }); // a crash may have left its core
  }
}

function answerOf<Result>(
  child: ChildProcess,
  task: ProbeTask<unknown>,
): Promise<Pick<ProbeEnd<Result>, 'answer' | 'signal'>> {
  return new Promise((resolve, reject) => {
    let answer: ProbeAnswer<Result> | undefined;
    child.on('message', (message: ProbeAnswer<Result>) => {
      answer = message;
    });
    child.on('error', reject);
    child.on('close', (_code, signal) => resolve({ answer, signal }));
    child.send(task, (error) => error && child.kill('SIGKILL'));
  });
}
