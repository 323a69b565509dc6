export { tfjsBackendModule, tfjsTrainBackendModule } from './backend-modules.js';
