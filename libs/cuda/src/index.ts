export { cudaBackendModule } from './backend-modules.js';
