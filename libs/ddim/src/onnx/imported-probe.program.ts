import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { ImportedQuestion } from './imported-probe.js';
import { tryImported } from './imported-trial.js';
import type { ProbeTask } from './probe-process.js';
import { answerProbe } from './probe-program.js';

/** The program of the child process in which a file is tried. */
const [task]: ProbeTask<ImportedQuestion>[] = await once(process, 'message');
await answerProbe(task, async () => tryImported(await readFile(task.question.path), task.question.model));
