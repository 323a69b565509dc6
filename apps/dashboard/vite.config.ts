import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Beside each script and style the same compressed, so that nothing is compressed while it is served. */
const compressed: Plugin = {
  name: 'compressed',
  generateBundle(_options, bundle) {
    for (const [fileName, file] of Object.entries(bundle)) {
      if (!/\.(?:js|css)$/.test(fileName)) continue;
      const source = brotliCompressSync(file.type === 'chunk' ? file.code : file.source);
      this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source });
    }
  },
};

/** Leaves out what uPlot hangs onto itself for callers and no page here draws: bars, splines, time zones. */
const leanPlots: Plugin = {
  name: 'lean-plots',
  transform(code, id) {
    if (!id.endsWith('uPlot.esm.js')) return undefined;
    const extras = /^uPlot\.assign = [^]*?(?=^export )/m;
    if (!extras.test(code)) throw new Error('this uPlot offers its extras in another way: look at lean-plots');
    return { code: code.replace(extras, '').replace('FEAT_TIME          = true', 'FEAT_TIME = false'), map: null };
  },
};

/** The page as files that the API serves: scripts and styles of their own, nothing inside the markup. */
export default defineConfig({
  root,
  // below whatever path a proxy serves it
  base: './',
  resolve: { alias: [{ find: /^#([a-z-]+)$/, replacement: `${repository}libs/$1/src/index.ts` }] },
  plugins: [compressed, leanPlots],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: `${repository}dist/dashboard`,
    emptyOutDir: true,
    target: 'es2022',
    minify: 'terser', // smaller than the bundler's own
    // pure getters: reading a signal subscribes to it
    terserOptions: { module: true, ecma: 2020, compress: { passes: 3, pure_getters: false } },
    // data: addresses are no images of this host
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      checks: { pluginTimings: false },
      external: ['ws'], // the client asks for it where a platform has no WebSocket
      // schemas of the contract that nothing on the page reads stay out of it
      treeshake: { moduleSideEffects: (id) => !id.startsWith(`${repository}libs/`) },
    },
  },
});
