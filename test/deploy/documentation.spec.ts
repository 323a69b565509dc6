import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KNOWN_VARIABLES } from '#server';
import { root } from '../processes.js';

const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'fuzz/README.md', ...pagesIn('docs')].map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}));
const prose = pages.map(({ text }) => text).join('\n');

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));
}

/** What GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/gu, '-');
}

/** Links of a page that lead nowhere within the project. */
function deadLinks({ path, text }: { path: string; text: string }): string[] {
  const targets = [...text.matchAll(/\]\((?<target>[^)\s]+)\)/g)].map(({ groups }) => groups?.['target'] ?? '');
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const absolute = file === '' ? join(root, path) : join(root, dirname(path), file);
    if (!existsSync(absolute)) return true;
    if (anchor === undefined || statSync(absolute).isDirectory()) return false;
    const headings = [...readFileSync(absolute, 'utf8').matchAll(/^#+ (?<heading>.*)$/gm)];
    return !headings.some(({ groups }) => anchorOf(groups?.['heading'] ?? '') === anchor);
  });
}

describe('The documentation', () => {
  it('docs/configuration.md or docs/cli.md explains every environment variable', () => {
    const text = pages.filter(({ path }) => /docs\/(?:configuration|cli)\.md/.test(path)).map((page) => page.text);
    expect(KNOWN_VARIABLES.filter((name) => !text.join('').includes(`\`${name}\``))).toEqual([]);
  });

  it.each(pages)('$path has no link that leads nowhere', (page) => {
    expect(deadLinks(page)).toEqual([]);
  });

  it('names only commands of npm that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const names = [...prose.matchAll(/npm run (?<name>[a-z][a-z0-9:-]*)/g)].map(({ groups }) => groups?.['name'] ?? '');
    expect(names.length).toBeGreaterThan(10);
    expect([...new Set(names)].filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('names only files and folders that exist', () => {
    const named = /`(?<path>(?:apps|libs|test|bench|deploy|docs|examples|fuzz|scripts)\/[\w./-]+)`/g;
    const paths = [...prose.matchAll(named)].map(({ groups }) => groups?.['path'] ?? '');
    expect(paths.length).toBeGreaterThan(10);
    const isThere = (path: string): boolean => existsSync(join(root, path)) || existsSync(join(root, `${path}.ts`));
    expect([...new Set(paths)].filter((path) => !isThere(path))).toEqual([]);
  });

  it('is linked from README.md or from a page that is', () => {
    const linked = (path: string): string[] =>
      [...(pages.find((page) => page.path === path)?.text ?? '').matchAll(/\]\((?<target>[^)#\s]+\.md)/g)].map(
        ({ groups }) => relative(root, join(root, dirname(path), groups?.['target'] ?? '')),
      );
    const reached = new Set(['README.md']);
    for (const path of reached) for (const target of linked(path)) reached.add(target);
    expect(pages.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });
});
