// Preload of scripts/job-path.mjs: which own files have a function that was called between two signals, in
// any thread of the process.
import { appendFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { isMainThread } from 'node:worker_threads';

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

const marks = new BroadcastChannel('called-functions');
marks.onmessage = ({ data }) => write(data);
marks.unref?.();
if (isMainThread) {
  process.on('SIGUSR2', () => {
    marks.postMessage('thread');
    write('main');
  });
}

/**
 * One line: the files of which a function was called since the line before. A file's top level, which starts
 * at 0, is no call.
 */
function write(thread) {
  session.post('Profiler.takePreciseCoverage', (error, answer) => {
    if (error) throw new Error(error.message);
    const called = answer.result
      .filter(({ functions }) => functions.some(({ ranges: [range] }) => range.count > 0 && range.startOffset > 0))
      .map(({ url }) => url);
    appendFileSync(process.env.CALLED_FUNCTIONS, `${JSON.stringify({ thread, called })}\n`);
  });
}
