import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build, type Plugin, type Rollup } from 'vite';
import { describe, expect, it } from 'vitest';

const libraries = fileURLToPath(new URL('../../', import.meta.url));

/** A library as one script, and what it needs of Node. */
async function bundle(library: string): Promise<{ code: string; builtins: readonly string[] }> {
  const builtins: string[] = [];
  const watch: Plugin = {
    name: 'node-imports',
    enforce: 'pre',
    resolveId(id, importer) {
      if (isBuiltin(id)) builtins.push(`${id} in ${importer}`);
    },
  };
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { alias: [{ find: /^#([a-z-]+)$/, replacement: `${libraries}$1/src/index.ts` }] },
    plugins: [watch],
    build: {
      write: false,
      minify: false,
      lib: { entry: `${libraries}${library}/src/index.ts`, formats: ['iife'], name: 'library' },
    },
  });
  const [{ output }] = built as Rollup.RollupOutput[];
  return { code: output[0].code, builtins };
}

/** Runs a bundle and then the script where nothing is of Node: no process, no Buffer, no require. */
function runInBrowser(code: string, script: string): unknown {
  // What a page has beside the language itself.
  const page = createContext({ TextEncoder, TextDecoder, URL, crypto, performance, atob, btoa });
  runInContext(code, page);
  return runInContext(`JSON.stringify(${script})`, page);
}

describe('a browser', () => {
  it('can load the contract, and judge a request with it', async () => {
    const { code, builtins } = await bundle('contract');
    expect(builtins).toEqual([]);
    const judged = `['leading', 'other'].map((timestepSpacing) =>
      library.SamplingRequest.safeParse({ model: 'm', observations: [[1]], timestepSpacing }).success)`;
    expect(runInBrowser(code, judged)).toBe('[true,false]');
  });

  it('can load the mathematics, and draw with it the noise that a worker draws', async () => {
    const { code, builtins } = await bundle('ddim');
    expect(builtins).toEqual([]);
    const drawn = `(() => {
      const noise = new Float32Array(4);
      library.fillNormal(noise, { seed: 42, row: 0, purpose: 0 }, 0);
      return [...noise];
    })()`;
    const [first] = JSON.parse(String(runInBrowser(code, drawn))) as number[];
    expect(first).toBeCloseTo(-0.97018979, 6); // docs/ddim.md
  });
});
