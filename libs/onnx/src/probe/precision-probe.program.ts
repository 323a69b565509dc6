import { once } from 'node:events';
import { measurePrecisions } from '#engine';
import { onnxMeasuredBackendModule } from '../backend-modules.js';
import type { PrecisionQuestion } from './precision-probe.js';
import type { ProbeTask } from './probe-process.js';
import { answerProbe } from './probe-program.js';

/** The program of the child process in which a model is measured; always the compiled file. */
const [task]: ProbeTask<PrecisionQuestion>[] = await once(process, 'message');
await answerProbe(task, () => measurePrecisions({ ...task.question, backendModule: onnxMeasuredBackendModule }));
