/**
 * What a library may import of the others. One that is not named here is a backend: it stands on all of them
 * that compute, and knows no other backend.
 */
const floors = {
  ddim: [],
  engine: ['ddim'],
  training: ['ddim', 'engine'],
  contract: ['ddim'],
  queue: ['ddim', 'contract'],
  storage: ['ddim', 'engine', 'training'],
  metrics: ['ddim', 'engine', 'contract'],
  server: ['contract', 'metrics', 'queue', 'storage'],
  providers: ['ddim', 'engine', 'training', 'onnx', 'webgpu', 'cuda'],
  system: ['ddim', 'server'],
  load: ['ddim', 'storage'],
  client: [],
};
const backend = ['ddim', 'engine', 'training'];

/** Tests prove a floor with whatever stands on it. */
const proofs = ['\\.(e2e-)?spec\\.tsx?$', '^libs/[^/]+/testing/'];
const native = '^node_modules/(onnxruntime-node|onnxruntime-common|@tensorflow|webgpu|koffi)';
const named = Object.keys(floors).join('|');
const insideAThread = '^libs/engine/src/inside-a-thread/';

const libraries = Object.entries(floors).map(([name, below]) => ({
  name: `floor-of-${name}`,
  severity: 'error',
  from: { path: `^libs/${name}/`, pathNot: proofs },
  to: { path: '^libs/', pathNot: `^libs/(${[name, ...below].join('|')})/` },
}));

/**
 * Imports only go downward, and whoever looks in has to take the door.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    ...libraries,
    {
      name: 'backends-do-not-know-each-other',
      severity: 'error',
      from: { path: '^libs/([^/]+)/', pathNot: [...proofs, `^libs/(${named})/`] },
      to: { path: '^libs/', pathNot: [`^libs/(${backend.join('|')})/`, '^libs/$1/'] },
    },
    {
      name: 'no-cycles',
      comment: 'no module needs itself, to load or for a type',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nobody-imports-an-app',
      comment: "apart from the fuzzing of the parsers at the API's edge, and manifests held against what an app reads",
      severity: 'error',
      from: { path: '^([^/]+)/([^/]+)', pathNot: '^(fuzz/targets|test/deploy)/' },
      to: { path: '^apps/', pathNot: '^$1/$2/' },
    },
    {
      name: 'libraries-below-all',
      severity: 'error',
      from: { path: '^libs/', pathNot: proofs },
      to: { path: '^(bench|deploy|examples|fuzz|test)/' },
    },
    {
      name: 'only-library-entry-points',
      comment: 'no import deeper than the index.ts of another library',
      severity: 'error',
      from: { path: '^([^/]+)/([^/]+)', pathNot: [...proofs, '^(fuzz|test)/'] },
      to: { path: '^libs/[^/]+/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'core-and-contract-run-anywhere',
      comment: 'a browser can load what computes and what describes a request: no Node, no package but zod',
      severity: 'error',
      from: { path: '^libs/(ddim|contract)/', pathNot: proofs },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: '^node_modules/zod/' },
    },
    {
      name: 'computing-is-framework-free',
      severity: 'error',
      from: { path: '^libs/(ddim|engine|training)/', pathNot: proofs },
      to: { path: '^node_modules' },
    },
    {
      name: 'a-thread-sees-no-scheduling',
      comment: 'what runs inside an engine thread shares with the main thread the backend, the memory and the protocol',
      severity: 'error',
      from: { path: insideAThread, pathNot: proofs },
      to: { path: '^libs/engine/', pathNot: '^libs/engine/src/(inside-a-thread|backend|memory|protocol)/' },
    },
    {
      name: 'scheduling-sees-no-thread',
      severity: 'error',
      from: { path: '^libs/engine/', pathNot: [...proofs, insideAThread] },
      to: { path: insideAThread },
    },
    {
      name: 'requests-and-models-see-no-scheduling',
      comment: 'a policy decides about them, and can be exchanged',
      severity: 'error',
      from: { path: '^libs/engine/src/(requests|models)/', pathNot: proofs },
      to: { path: '^libs/engine/src/scheduling/' },
    },
    {
      name: 'the-page-speaks-with-the-api-alone',
      comment: 'a browser loads it: what it shows comes by the client, and is described by the contract',
      severity: 'error',
      from: { path: '^apps/dashboard/src/', pathNot: proofs },
      to: {
        path: '^(libs|node_modules)/',
        pathNot: ['^libs/(client|contract)/src/index\\.ts$', '^node_modules/(preact|@preact/signals|uplot)/'],
      },
    },
    {
      name: 'a-page-runs-in-a-browser',
      severity: 'error',
      from: { path: '^apps/dashboard/src/', pathNot: proofs },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'native-libraries-only-in-backends',
      severity: 'error',
      from: { path: '^(apps|examples|libs)/', pathNot: `^libs/(?!(${named})/)` },
      to: { path: native },
    },
    {
      name: 'native-libraries-load-on-demand',
      comment: 'importing a backend library loads nothing native: only creating a backend does',
      severity: 'error',
      from: { path: '^libs/', pathNot: proofs },
      to: { path: native, dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          'main\\.tsx?$',
          '\\.(e2e-)?spec\\.ts$',
          '\\.worker\\.ts$',
          '^(bench|examples|fuzz|test)/',
          'vite\\.config\\.ts$',
        ],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    reporterOptions: {
      archi: {
        collapsePattern: '^(apps|libs)/[^/]+',
        filters: { includeOnly: { path: '^(apps|libs)/' }, exclude: { path: proofs } },
        theme: { graph: { rankdir: 'TB', splines: 'true', nodesep: '0.4', ranksep: '0.4' } },
      },
    },
    enhancedResolveOptions: {
      conditionNames: ['stride-source', 'import', 'default'],
      exportsFields: ['exports'],
    },
  },
};
