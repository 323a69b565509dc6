import { SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.js';

/** How far something is, shown as a bar on a terminal and as a line now and then elsewhere. */
export interface Progress {
  update(value: number, details: string): void;
  /** Leaves the last state on the screen. */
  finish(): void;
}

const LINE_EVERY_RATIO = 0.1;

export function startProgress(terminal: Terminal, label: string, total: number): Progress {
  if (terminal.json) return { update: () => {}, finish: () => {} };
  const stream = terminal.progressStream;
  return stream === undefined ? lines(terminal, label, total) : bar(stream, label, total);
}

function bar(stream: NodeJS.WritableStream, label: string, total: number): Progress {
  const single = new SingleBar({
    stream,
    format: `${label} {bar} {percentage} % {value}/{total} {details}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    barsize: 12,
  });
  single.start(total, 0, { details: '' });
  return {
    update: (value, details) => single.update(Math.min(value, total), { details }),
    finish: () => single.stop(),
  };
}

/** One line per tenth: enough for a log, little enough for a long training. */
function lines(terminal: Terminal, label: string, total: number): Progress {
  let next = 0;
  return {
    update(value, details) {
      if (value < next) return;
      next = value + total * LINE_EVERY_RATIO;
      terminal.note(`${label} ${value}/${total} (${percentage(value, total)} %) ${details}`.trimEnd());
    },
    finish: () => {},
  };
}

function percentage(value: number, total: number): number {
  return total > 0 ? Math.floor((100 * value) / total) : 0;
}
