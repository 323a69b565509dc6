/** Where the compiled file of a module lies. Knows nothing of what the module is. */

/**
 * The compiled file of a module, because worker threads cannot load TypeScript: `…/libs/…/x.ts` becomes
 * `…/dist/libs/…/x.js`; a URL that lies in `dist` already is returned as it is.
 */
export function compiledModuleUrl(url: string | URL): URL {
  const { href } = new URL(url);
  const match = /^(.*)\/(libs|apps|bench|examples)\/(.*)\.ts$/.exec(href);
  return match ? new URL(`${match[1]}/dist/${match[2]}/${match[3]}.js`) : new URL(href);
}
