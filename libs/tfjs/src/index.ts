export { tfjs, tfjsBackendModule } from './backend-modules.js';
