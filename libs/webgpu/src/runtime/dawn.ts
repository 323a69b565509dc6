/// <reference types="@webgpu/types" />
/** The optional package `webgpu`, Dawn for Node. Knows nothing of adapters and devices. */

import { createRequire } from 'node:module';
import { BackendError } from '#ddim';

/** A name, not a literal: without the package everything else must still compile. */
const PACKAGE: string = 'webgpu';

/** What we use of the package. */
export interface Dawn {
  /** @param options `adapter=<name>` among them takes the first adapter that has this in its name */
  create(options: readonly string[]): GPU;
}

/** Loads the native library, on first use only. @throws BackendError saying why it is not there */
export async function loadDawn(): Promise<Dawn> {
  let module: unknown;
  try {
    module = await import(PACKAGE);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new BackendError(`the optional package webgpu does not load here: ${reason}`, { cause: error });
  }
  if (!isDawn(module)) throw new BackendError('the package webgpu has no function create');
  return module;
}

/** Of the package, with which the compiler of programs comes. */
export function dawnVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)(`${PACKAGE}/package.json`);
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}

function isDawn(module: unknown): module is Dawn {
  return typeof module === 'object' && module !== null && 'create' in module && typeof module.create === 'function';
}
