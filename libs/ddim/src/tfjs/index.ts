export { tfjsBackendModule, tfjsTrainBackendModule } from './backend-modules.js';
export { TFJS_PROVIDERS, type TfjsProvider } from './tensorflow.js';
