import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import type { ImportedQuestion } from './imported-probe.js';
import { loadingCpuMs, tryImported } from '../import/imported-trial.js';
import type { ProbeTask } from './probe-process.js';
import { answerProbe } from './probe-program.js';

/** The program of the child process in which a file is tried. */
const [task]: ProbeTask<ImportedQuestion>[] = await once(process, 'message');
await answerProbe(task, async (allowance) => {
  const { path, model } = task.question;
  const { size } = await stat(path);
  allowance.allow(loadingCpuMs(size));
  return tryImported({ file: await readFile(path), ...model }, allowance);
});
