import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';

const hasCompiler = spawnSync('gcc', ['--version']).status === 0;

/** Why what needs the stub cannot run here; empty where it can. */
export const noStubReason = hasCompiler ? '' : ' (skipped: gcc is absent, which compiles the stub of the driver)';

/** CUresults that the tests make calls fail with. */
export const CUDA_STATUS = { invalidValue: 1, outOfMemory: 2, illegalAddress: 700 } as const;

/** A libcuda.so.1 that runs the kernels on the host, and what it knows of its calls. */
export interface StubDriver {
  readonly folder: string;
  readonly file: string;
  /** Everything as it was, but for what is held. */
  reset(): void;
  /** Kernels compute nothing from now on, until `reset`. */
  idle(): void;
  /** Makes the nth call from now on fail; 0: none. */
  fail(nth: number, status: number): void;
  machine(facts: { readonly devices?: number; readonly version?: number; readonly capabilityMajor?: number }): void;
  /** Names of all calls since `reset`. */
  calls(): string[];
  /** Name, grid, threads and shared bytes of the last launch. */
  lastLaunch(): string;
  /** How much was taken and not given back. */
  held(): number;
  remove(): void;
}

/** Compiles the stub into a folder of its own, and makes it the driver of this process. */
export function buildStubDriver(): StubDriver {
  const folder = buildLibrary('libcuda.so.1', ['stub-driver.c', 'stub-kernels.c']);
  const file = join(folder, 'libcuda.so.1');
  const library = koffi.load(file);
  const reset = library.func('stub_reset', 'void', []);
  const idle = library.func('stub_idle', 'void', []);
  const fail = library.func('stub_fail', 'void', ['int', 'int']);
  const machine = library.func('stub_machine', 'void', ['int', 'int', 'int']);
  const count = library.func('stub_call_count', 'int', []);
  const call = library.func('stub_call', 'str', ['int']);
  const lastLaunch = library.func('stub_last_launch', 'str', []);
  const held = library.func('stub_held', 'int', []);
  return {
    folder,
    file,
    reset: () => {
      reset();
      machine(1, 12_080, 9);
    },
    idle: () => void idle(),
    fail: (nth, status) => fail(nth, status),
    machine: ({ devices = 1, version = 12_080, capabilityMajor = 9 }) => machine(devices, version, capabilityMajor),
    calls: () => Array.from({ length: Number(count()) }, (_, i) => String(call(i))),
    lastLaunch: () => String(lastLaunch()),
    held: () => Number(held()),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** @param sources beside this file. @returns the folder in which the library lies under that name */
export function buildLibrary(name: string, sources: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'stride-stub-'));
  const files = sources.map((source) => join(import.meta.dirname, source));
  // by its soname the loader finds the copy that is loaded already, whoever asks for it in this process
  const options = [
    '-O3',
    '-fassociative-math',
    '-fno-signed-zeros',
    '-fno-trapping-math',
    '-shared',
    '-fPIC',
    `-Wl,-soname,${name}`,
  ];
  execFileSync('gcc', [...options, '-o', join(folder, name), ...files, '-lm']);
  return folder;
}
