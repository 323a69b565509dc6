// npm run house: the numbers that keep the code easy to find one's way in. Part of npm run lint; ends with 1
// if one is broken.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const GENERATED = 'libs/client/src/schema.ts';
const PACKED = 'libs/client/src/index.ts';
/** What every backend's modules are called by whoever loads them by their address. */
const BY_ADDRESS = ['createBackend', 'createTrainBackend'];
const LIMITS = {
  comment: 110,
  filesPerFolder: 25,
  linesPerFile: 300,
  linesPerFunction: 60,
  medianFunction: 8,
  libraryShare: 0.25,
};

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
const files = git('ls-files', '-co', '--exclude-standard').filter((file) => existsSync(join(root, file)));
const textOf = new Map(
  files.filter((file) => /\.(tsx?|mjs|cjs|ya?ml|py)$/.test(file)).map((file) => [file, read(file)]),
);
const isTest = (file) => /\.(e2e-)?spec\.tsx?$|\/testing\/|^(test|fuzz)\//.test(file);
const scripts = [...textOf.keys()].filter((file) => /\.(tsx?|mjs|cjs)$/.test(file) && file !== GENERATED);
const sources = new Map(scripts.map((file) => [file, parse(file)]));
const product = scripts.filter((file) => /^(libs|apps)\//.test(file) && !isTest(file));
const { imports } = JSON.parse(read('package.json'));

const problems = [
  ...folders(),
  ...libraries(),
  ...product.filter((file) => linesOf(file) > LIMITS.linesPerFile).map((file) => `${file}: ${linesOf(file)} lines`),
  ...functions(),
  ...comments(),
  ...names(),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`house: ${problems.length} problems\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}

function parse(file) {
  return ts.createSourceFile(file, textOf.get(file), ts.ScriptTarget.Latest, true);
}

function linesOf(file) {
  return textOf.get(file).split('\n').length - 1;
}

/** No folder has more source files than one can look over. */
function folders() {
  const counts = group(scripts, dirname);
  return [...counts]
    .map(([folder, members]) => [folder, members.filter((file) => !/spec\.tsx?$/.test(file)).length])
    .filter(([, count]) => count > LIMITS.filesPerFolder)
    .map(([folder, count]) => `${folder}: ${count} source files, at most ${LIMITS.filesPerFolder}`);
}

/** No library is the house itself. */
function libraries() {
  const own = product.filter((file) => file.startsWith('libs/'));
  const total = own.reduce((sum, file) => sum + linesOf(file), 0);
  return [...group(own, homeOf)]
    .map(([library, members]) => [library, members.reduce((sum, file) => sum + linesOf(file), 0) / total])
    .filter(([, share]) => share > LIMITS.libraryShare)
    .map(([library, share]) => `${library}: ${(100 * share).toFixed(1)} % of all library lines`);
}

function functions() {
  const lengths = product.flatMap((file) => functionsOf(sources.get(file)));
  const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return [
    ...lengths.filter(({ lines }) => lines > LIMITS.linesPerFunction).map(({ at, lines }) => `${at}: ${lines} lines`),
    ...(median > LIMITS.medianFunction ? [`the median function has ${median} lines`] : []),
  ];
}

function functionsOf(source) {
  const found = [];
  walk(source, (node) => {
    if (!ts.isFunctionLike(node) || node.body === undefined) return;
    const lines = lineAt(source, node.end) - lineAt(source, node.getStart(source)) + 1;
    found.push({ at: `${source.fileName}:${lineAt(source, node.getStart(source)) + 1}`, lines });
  });
  return found;
}

function comments() {
  const others = [...textOf.keys()].filter((file) => /\.(ya?ml|py)$/.test(file));
  return [
    ...scripts.flatMap((file) => longLines(file, commentLines(sources.get(file)))),
    ...others.flatMap((file) => longLines(file, (_, line) => /(^|\s)# /.test(line))),
  ];
}

function longLines(file, isComment) {
  return textOf
    .get(file)
    .split('\n')
    .flatMap((line, i) => (line.length > LIMITS.comment && isComment(i, line) ? [`${file}:${i + 1}: a comment`] : []))
    .map((problem) => `${problem} beyond column ${LIMITS.comment}`);
}

/** Whether a line has some of a comment: TypeScript's, or Lua's inside a template. */
function commentLines(source) {
  const { text } = source;
  const lines = new Set();
  const add = ({ pos, end }) => {
    for (let line = lineAt(source, pos); line <= lineAt(source, end); line++) lines.add(line);
  };
  walk(source, (node) => {
    if (ts.isStringLiteralLike(node) || node.getChildCount(source) > 0) return;
    for (const range of ts.getLeadingCommentRanges(text, node.pos) ?? []) add(range);
    for (const range of ts.getTrailingCommentRanges(text, node.end) ?? []) add(range);
  });
  return (i, line) => lines.has(i) || /^\s*--\s/.test(line);
}

/** Every exported name has a reader in another file, and is the name of one thing. */
function names() {
  const read = new Set([...sources.values()].flatMap((source) => readsOf(source)));
  const declared = product
    .flatMap((file) => exportsOf(sources.get(file)).map((name) => ({ file, name })))
    .filter(({ name }) => !BY_ADDRESS.includes(name));
  // Whoever speaks another project's language takes its names.
  const owned = declared.filter(({ file }) => !isDoor(file) && !file.includes('/compat/'));
  // A library that is packed has readers outside: of what its door shows.
  const shown = exportsOf(sources.get(PACKED));
  const outside = (file, name) => file.startsWith(dirname(PACKED)) && shown.includes(name);
  const unread = declared.filter(({ file, name }) => !outside(file, name) && !read.has(`${file} ${name}`));
  const twice = [...group(owned, ({ name }) => name)].filter(
    ([, places]) => new Set(places.map(({ file }) => file)).size > 1,
  );
  return [
    ...unread.map(({ file, name }) => `${file}: nobody else reads ${name}`),
    ...twice.map(([name, places]) => `${name} is declared in ${places.map(({ file }) => file).join(' and ')}`),
  ];
}

/** `file name` of what a module imports, at the door where it gets it and where it is declared. */
function readsOf(source) {
  const reads = [];
  walk(source, (node) => {
    if (
      isDoor(source.fileName) &&
      ts.isExportDeclaration(node) &&
      node.exportClause.kind !== ts.SyntaxKind.NamespaceExport
    )
      return; // to give on is not to read
    for (const { target, name } of namesIn(node)) {
      for (let at = resolve(source.fileName, target); at !== undefined; at = behind(at, name))
        reads.push(`${at} ${name}`);
    }
  });
  return reads;
}

function isDoor(file) {
  return /^libs\/[^/]+\/src\/index\.ts$/.test(file);
}

/** The module from which a door has a name. */
function behind(file, name) {
  if (!isDoor(file)) return undefined;
  const giving = sources.get(file).statements.find((node) => namesIn(node).some((given) => given.name === name));
  return giving && resolve(file, giving.moduleSpecifier.text);
}

/** Names that a declaration or a call of import() takes from another module. */
function namesIn(node) {
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const pattern = node.parent.parent.name; // const { name } = await import('target')
    const elements = pattern && ts.isObjectBindingPattern(pattern) ? pattern.elements : [];
    return taken(node.arguments[0], elements);
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    const clause = node.exportClause;
    if (clause !== undefined && ts.isNamespaceExport(clause)) return everyNameOf(node);
    return taken(node.moduleSpecifier, clause?.elements ?? []);
  }
  if (!ts.isImportDeclaration(node)) return [];
  const bindings = node.importClause?.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) return everyNameOf(node);
  return taken(node.moduleSpecifier, bindings && ts.isNamedImports(bindings) ? bindings.elements : []);
}

/** Whoever takes a module whole reads all of it. */
function everyNameOf({ moduleSpecifier, parent }) {
  const file = resolve(parent.fileName, moduleSpecifier.text);
  const source = sources.get(file);
  return source === undefined ? [] : exportsOf(source).map((name) => ({ target: moduleSpecifier.text, name }));
}

function taken(specifier, elements) {
  if (!ts.isStringLiteralLike(specifier)) return [];
  return elements.map((element) => ({ target: specifier.text, name: (element.propertyName ?? element.name).text }));
}

function exportsOf(source) {
  if (isDoor(source.fileName)) return source.statements.flatMap((node) => namesIn(node).map(({ name }) => name));
  const exported = source.statements.filter((node) =>
    node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
  );
  const declared = exported.flatMap((node) => node.declarationList?.declarations ?? [node]);
  return [...new Set(declared.flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : [])))];
}

function resolve(from, specifier) {
  if (specifier.startsWith('#')) return normalize(imports['#*']['stride-source'].replace('*', specifier.slice(1)));
  if (!specifier.startsWith('.')) return undefined;
  const file = normalize(join(dirname(from), specifier)).replace(/\.js$/, '.ts');
  return textOf.has(`${file}x`) ? `${file}x` : file;
}

function homeOf(file) {
  return file.split('/').slice(0, 2).join('/');
}

function lineAt(source, position) {
  return source.getLineAndCharacterOfPosition(position).line;
}

function walk(node, visit) {
  visit(node);
  // Tokens too, and comments of code that is none of TypeScript's own are no children.
  for (const child of node.getChildren()) if (!ts.isJSDoc(child)) walk(child, visit);
}

function group(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
