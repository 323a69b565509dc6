import { describe, expect, it } from 'vitest';
import { ChildProgram } from './child-program.js';
import { SupervisedPart, type PartOptions } from './supervised-part.js';

const launchScript = async (script: string): Promise<{ program: ChildProgram; ready: string }> => {
  const program = new ChildProgram({
    name: 'part',
    command: process.execPath,
    args: ['-e', script],
    orphanSignal: 'KILL',
  });
  return { program, ready: await program.waitForLine((line) => line, 20_000) };
};
const forever = 'setInterval(() => {}, 1e6); console.log(process.pid);';

/** A part and a promise for its next start. */
async function startPart(
  launch: (previous: string | undefined) => ReturnType<typeof launchScript>,
  health: Pick<PartOptions<string>, 'isLive' | 'liveEveryMs'> = {},
) {
  const troubles: string[] = [];
  let onRestart: (() => void) | undefined;
  const part = await SupervisedPart.start<string>({
    name: 'part',
    launch,
    ...health,
    onStarted: () => onRestart?.(),
    onTrouble: (what) => troubles.push(what),
  });
  const restarted = (): Promise<void> => new Promise((resolve) => (onRestart = resolve));
  return { part, troubles, restarted };
}

describe('SupervisedPart', () => {
  it('starts its program again when it was killed, and passes to the new one what the old one said', async () => {
    const seen: (string | undefined)[] = [];
    const { part, troubles, restarted } = await startPart((previous) => {
      seen.push(previous);
      return launchScript(forever);
    });
    const first = part.ready;
    const again = restarted();
    process.kill(Number(first), 'SIGKILL');
    await again;
    expect(part.ready).not.toBe(first);
    expect(seen).toEqual([undefined, first]);
    expect(troubles).toEqual(['was ended by SIGKILL']);
    await part.stop(5_000);
  });

  it('kills its program when it no longer works, and starts it again', async () => {
    const answers = [true, ...Array<boolean>(5).fill(false), true, ...Array<boolean>(6).fill(false)];
    const asked: string[] = [];
    const { part, troubles, restarted } = await startPart(() => launchScript(forever), {
      liveEveryMs: 1,
      isLive: (ready) => {
        asked.push(ready);
        return Promise.resolve(answers.shift() ?? true);
      },
    });
    const first = part.ready;
    await restarted();
    expect(part.ready).not.toBe(first);
    expect(troubles).toEqual(['was ended by SIGKILL']);
    expect(asked.filter((ready) => ready === first)).toHaveLength(13);
    await part.stop(5_000);
  });

  it('tries again when a restart fails', async () => {
    const scripts = ['console.log("one"); process.exit(3)', 'process.exit(4)', forever];
    const { part, troubles, restarted } = await startPart(() => launchScript(scripts.shift() ?? forever));
    await restarted();
    expect(troubles).toEqual(['ended with code 3', 'part ended with 4']);
    await part.stop(5_000);
  });

  it('fails when the very first start fails', async () => {
    await expect(startPart(() => launchScript('console.error("no disk"); process.exit(78)'))).rejects.toThrow(
      /ended with 78[^]*no disk/,
    );
  });

  it('stays stopped, also when it waits to start again', async () => {
    const { part, troubles } = await startPart(() => launchScript('console.log("one")'));
    await part.stop(5_000);
    const waiting = await startPart(() => launchScript(forever));
    process.kill(Number(waiting.part.ready), 'SIGKILL');
    await waiting.part.stop(5_000);
    expect([troubles.length, waiting.troubles.length].every((count) => count <= 1)).toBe(true);
  });

  it('kills a program that does not end when asked', async () => {
    const { part } = await startPart(() => launchScript(`process.on('SIGTERM', () => {}); ${forever}`));
    await part.stop(100);
    expect(() => process.kill(Number(part.ready), 0)).toThrow('ESRCH');
  });
});
