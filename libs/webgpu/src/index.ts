export { webgpu, webgpuBackendModule } from './backend-modules.js';
