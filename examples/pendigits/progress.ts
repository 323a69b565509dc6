import { SingleBar } from 'cli-progress';

/** How far a phase is: a bar on a terminal, a line for every tenth elsewhere. */
export interface Progress {
  update(value: number, details: string): void;
  /** Leaves the last state on the screen. */
  finish(): void;
}

const LINE_EVERY_RATIO = 0.1;

export function startProgress(label: string, total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? bar(label, total, stream) : lines(label, total, stream);
}

function bar(label: string, total: number, stream: NodeJS.WriteStream): Progress {
  const single = new SingleBar({
    stream,
    format: `  ${label.padEnd(10)} {bar} {value}/{total} {details}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    barsize: 30,
  });
  single.start(total, 0, { details: '' });
  return {
    update: (value, details) => single.update(Math.min(value, total), { details }),
    finish: () => single.stop(),
  };
}

function lines(label: string, total: number, stream: NodeJS.WriteStream): Progress {
  let next = 0;
  return {
    update(value, details) {
      if (value < next) return;
      next = value + total * LINE_EVERY_RATIO;
      stream.write(`  ${label} ${value}/${total} ${details}`.trimEnd() + '\n');
    },
    finish: () => {},
  };
}
