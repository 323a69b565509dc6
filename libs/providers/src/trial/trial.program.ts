import { once } from 'node:events';
import { answerProbe, type ProbeTask } from '#onnx';
import { runTrial, type TrialQuestion } from './trial.js';

/** The program of the child process in which a candidate is tried; always the compiled file. */
const [task]: ProbeTask<TrialQuestion>[] = await once(process, 'message');
await answerProbe(task, () => runTrial(task.question));
