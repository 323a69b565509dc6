import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Service {
  readonly child: ChildProcess;
  /** Everything it has said on stdout and stderr when it is over, and its exit code. */
  readonly end: Promise<{ code: unknown; out: string; err: string }>;
  /** Resolves when stdout or stderr holds the text. */
  readonly says: (text: string) => Promise<void>;
}

const compiled = (module: string): string =>
  new URL(`../../../dist/libs/server/src/${module}.js`, import.meta.url).href;

/** Runs a service whose `start` has this body, compiled as in production. */
function service(body: string, shutdownMs = 60_000, env: NodeJS.ProcessEnv = {}): Service {
  const script = `
    import { bootstrap } from '${compiled('bootstrap')}';
    import { InvalidConfigError } from '${compiled('config')}';
    setInterval(() => undefined, 1_000);
    await bootstrap({ role: 'test', shutdownMs: ${shutdownMs}, start: async (logger) => { ${body} } });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  return {
    child,
    end: once(child, 'close').then(([code]) => ({ code, out, err })),
    says: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (out.includes(text) || err.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        look();
      }),
  };
}

const app = (close: string): string =>
  `return { app: { close: async () => { ${close} } }, ready: { url: 'http://x' } };`;

describe('a service', { timeout: 30_000 }, () => {
  it('writes nothing but JSON lines on stderr, from the first one on, whoever prints them', async () => {
    const { child, end, says } = service(`
      const { Logger } = await import('@nestjs/common');
      new Logger('early').warn('before there is an application');
      console.error('a library', Object.assign(new Error('says'), { command: { args: ['hunter2'] } }));
      console.log('not on stdout');
      ${app('')}`);
    await says('ready');
    child.kill('SIGTERM');
    const { out, err } = await end;
    expect(out.trim().split('\n')).toHaveLength(1);
    const lines = err
      .trim()
      .split('\n')
      .map((line): { message: string } => JSON.parse(line));
    expect(lines.map(({ message }) => message.split('\n')[0])).toEqual([
      'before there is an application',
      'a library Error: says',
      'not on stdout',
      'SIGTERM: closing',
      'closed',
    ]);
    expect(err).not.toContain('hunter2');
  });

  it('shows what STRIDE_LOG_LEVEL asks for, and ends with 78 when that is no level', async () => {
    const body = `logger.debug('fine'); logger.warn('coarse'); ${app('')}`;
    const start = async (level: string) => {
      const { child, end, says } = service(body, 60_000, { STRIDE_LOG_LEVEL: level });
      await Promise.race([says('ready'), end]);
      child.kill('SIGTERM');
      return end;
    };
    expect((await start('debug')).err).toContain('fine');
    expect((await start('error')).err).toBe('');
    const wrong = await start('loud');
    expect(wrong).toMatchObject({ code: 78, err: expect.stringContaining('STRIDE_LOG_LEVEL') });
  });

  it('says one JSON line when it is ready, closes at SIGTERM and ends with 0', async () => {
    const { child, end, says } = service(app("logger.log('closing now')"));
    await says('ready');
    child.kill('SIGTERM');
    const { code, out, err } = await end;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ event: 'ready', role: 'test', pid: child.pid, url: 'http://x' });
    expect(err).toContain('closing now');
    for (const line of err.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });

  it('ends with 78 when its configuration is wrong, and says what is', async () => {
    const { code, out, err } = await service("throw new InvalidConfigError('invalid_config', 'STRIDE_PORT: no');").end;
    expect(code).toBe(78);
    expect(out).toBe('');
    expect(JSON.parse(err)).toMatchObject({ level: 'fatal', code: 'invalid_config', message: 'STRIDE_PORT: no' });
  });

  it('ends with 78 when Redis refuses the login, and names the variable', async () => {
    const { code, err } = await service(`
      setTimeout(() => Promise.reject(new Error('WRONGPASS invalid username-password pair')), 10); ${app('')}`).end;
    expect(code).toBe(78);
    expect(JSON.parse(err)).toMatchObject({ level: 'fatal', message: expect.stringMatching(/^REDIS_URL.*WRONGPASS/) });
  });

  it('ends with 1 when it cannot start, and when an error is caught by nobody', async () => {
    expect(await service("throw new Error('no');").end).toMatchObject({ code: 1 });
    const late = service(`setTimeout(() => Promise.reject(new Error('lost')), 10); ${app('')}`);
    const { code, err } = await late.end;
    expect(code).toBe(1);
    expect(err).toContain('lost');
  });

  it('ends with 1 when it has not closed in time', async () => {
    const { child, end, says } = service(app('await new Promise(() => undefined);'), 20);
    await says('ready');
    child.kill('SIGTERM');
    const { code, err } = await end;
    expect(code).toBe(1);
    expect(err).toContain('not closed after 20 ms');
  });

  it('ends with 1 when closing fails, and at once at a second signal', async () => {
    const failing = service(app("throw new Error('stuck');"));
    await failing.says('ready');
    failing.child.kill('SIGINT');
    expect(await failing.end).toMatchObject({ code: 1 });
    const hanging = service(app('await new Promise(() => undefined);'));
    await hanging.says('ready');
    hanging.child.kill('SIGTERM');
    await hanging.says('SIGTERM: closing');
    hanging.child.kill('SIGTERM');
    expect(await hanging.end).toMatchObject({ code: 1 });
  });
});
