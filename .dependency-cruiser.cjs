/** Imports only go downward: apps -> libs -> the framework-free core. @type {import('dependency-cruiser').IConfiguration} */
const native = '^node_modules/(onnxruntime-node|onnxruntime-common|@tensorflow)';
const specs = '\\.(e2e-)?spec\\.ts$';
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'no module needs itself, to load or for a type',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-cycles-of-loading',
      comment: 'where two modules may name each other in types, neither waits for the other to load',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'apps-are-islands',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-below-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|bench|examples|fuzz)/' },
    },
    {
      name: 'core-is-framework-free',
      comment: 'the root of libs/ddim imports nothing but node:* and itself',
      severity: 'error',
      from: { path: '^libs/ddim/src/', pathNot: ['^libs/ddim/src/(onnx|tfjs)/', specs] },
      to: { path: ['^node_modules', '^libs/(?!ddim/)', '^libs/ddim/src/(onnx|tfjs)/'] },
    },
    {
      name: 'backends-do-not-know-each-other',
      severity: 'error',
      from: { path: '^libs/ddim/src/(onnx|tfjs)/', pathNot: specs },
      to: { path: ['^libs/ddim/src/(onnx|tfjs)/', '^libs/(?!ddim/)'], pathNot: '^libs/ddim/src/$1/' },
    },
    {
      name: 'contracts-see-only-the-core-root',
      severity: 'error',
      from: { path: '^libs/(jobs|storage|metrics)/' },
      to: { path: '^libs/ddim/src/', pathNot: '^libs/ddim/src/index\\.ts$' },
    },
    {
      name: 'only-library-entry-points',
      comment: 'no import deeper than the index.ts of another library',
      severity: 'error',
      from: { path: '^(apps|bench|examples|libs)/([^/]+)/', pathNot: specs },
      to: {
        path: '^libs/([^/]+)/src/',
        pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/ddim/src/(onnx|tfjs)/index\\.ts$', '^$1/$2/'],
      },
    },
    {
      name: 'native-backends-behind-their-entries',
      severity: 'error',
      from: { path: '^(apps|libs|examples)/', pathNot: '^libs/ddim/src/(onnx|tfjs)/' },
      to: { path: native },
    },
    {
      name: 'native-backends-load-on-demand',
      comment: 'importing #ddim/onnx or #ddim/tfjs loads no native library: only creating a backend does',
      severity: 'error',
      from: { path: '^libs/ddim/src/(onnx|tfjs)/', pathNot: specs },
      to: { path: native, dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['main\\.ts$', specs, '\\.worker\\.ts$', '^(bench|examples|fuzz)/'] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['stride-source', 'import', 'default'],
      exportsFields: ['exports'],
    },
  },
};
