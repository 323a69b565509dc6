import { spawnSync } from 'node:child_process';
import { findProgram } from '#system';
import { TestProcess, type TestProcessOptions } from '../processes.js';

/** Says why virtual hosts cannot be had; undefined where they can. */
export const noHostsBecause = reason();

if (noHostsBecause !== undefined) process.stderr.write(`Tests with several hosts are skipped: ${noHostsBecause}\n`);

/**
 * Hosts that share one network: namespaces with addresses, processes and links of their own, on a bridge in a
 * namespace of its own. This process takes part as the client. Addresses are those that are set aside for
 * benchmarks of networks.
 */
export class VirtualHosts {
  readonly #id = `st${process.pid}`;
  readonly #subnet = `198.18.${process.pid % 256}`;
  readonly #names: readonly string[];

  /** @param names of the hosts; the client has the first address, these have the others */
  constructor(names: readonly string[]) {
    this.#names = names;
    try {
      this.#build();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  address(host: string): string {
    return `${this.#subnet}.${this.#placeOf(host)}`;
  }

  /** Starts a program on a host. */
  start(host: string, { name, command = process.execPath, args = [], env }: TestProcessOptions): TestProcess {
    const inside = ['netns', 'exec', this.#namespace(host), command, ...args];
    return new TestProcess({ name, command: 'ip', args: inside, ...(env && { env }) });
  }

  /** Nothing goes to or comes from this host until it is healed; nobody hears of it. */
  cut(host: string): void {
    ip('-n', this.#switch, 'link', 'set', this.#port(host), 'down');
  }

  heal(host: string): void {
    ip('-n', this.#switch, 'link', 'set', this.#port(host), 'up');
  }

  remove(): void {
    for (const namespace of [this.#switch, ...this.#names.map((name) => this.#namespace(name))])
      spawnSync('ip', ['netns', 'del', namespace]);
    spawnSync('ip', ['link', 'del', this.#id]); // goes with its peer, if it was there
  }

  get #switch(): string {
    return `${this.#id}-switch`;
  }

  #namespace(host: string): string {
    return `${this.#id}-${host}`;
  }

  #port(host: string): string {
    return `p${this.#placeOf(host)}`;
  }

  #placeOf(host: string): number {
    const place = this.#names.indexOf(host);
    if (place < 0) throw new TypeError(`there is no host ${host}`);
    return place + 2;
  }

  #build(): void {
    ip('netns', 'add', this.#switch);
    ip('-n', this.#switch, 'link', 'add', 'br0', 'type', 'bridge');
    ip('-n', this.#switch, 'link', 'set', 'br0', 'up');
    ip('link', 'add', this.#id, 'type', 'veth', 'peer', 'name', 'p1', 'netns', this.#switch);
    ip('addr', 'add', `${this.#subnet}.1/24`, 'dev', this.#id);
    ip('link', 'set', this.#id, 'up');
    this.#plugIn('p1');
    for (const name of this.#names) {
      const namespace = this.#namespace(name);
      ip('netns', 'add', namespace);
      ip(
        '-n',
        namespace,
        'link',
        'add',
        'eth0',
        'type',
        'veth',
        'peer',
        'name',
        this.#port(name),
        'netns',
        this.#switch,
      );
      ip('-n', namespace, 'addr', 'add', `${this.address(name)}/24`, 'dev', 'eth0');
      for (const link of ['lo', 'eth0']) ip('-n', namespace, 'link', 'set', link, 'up');
      this.#plugIn(this.#port(name));
    }
  }

  #plugIn(port: string): void {
    ip('-n', this.#switch, 'link', 'set', port, 'master', 'br0', 'up');
  }
}

/** @throws Error with what ip says */
function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}

function reason(): string | undefined {
  if (process.platform !== 'linux') return 'they are namespaces of Linux';
  if (process.getuid?.() !== 0) return 'only root can make them';
  if (findProgram('ip') === undefined) return 'there is no ip (package iproute2)';
  const trial = `st${process.pid}-trial`;
  const { status, stderr } = spawnSync('ip', ['netns', 'add', trial], { encoding: 'utf8' });
  if (status !== 0) return `ip netns: ${stderr.trim()}`;
  const bridge = spawnSync('ip', ['-n', trial, 'link', 'add', 'br0', 'type', 'bridge'], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'del', trial]);
  return bridge.status === 0 ? undefined : `ip link: ${bridge.stderr.trim()}`;
}
