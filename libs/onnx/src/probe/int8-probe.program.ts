import { once } from 'node:events';
import { measureInt8 } from '#engine';
import type { Int8Question } from './int8-probe.js';
import type { ProbeTask } from './probe-process.js';
import { answerProbe } from './probe-program.js';

/** The program of the child process in which a model is measured; always the compiled file. */
const backendModule = new URL('../sampling/backend.js', import.meta.url).href;
const [task]: ProbeTask<Int8Question>[] = await once(process, 'message');
await answerProbe(task, () => measureInt8({ ...task.question, backendModule }));
