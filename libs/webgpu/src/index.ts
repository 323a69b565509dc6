export { webgpu, webgpuBackendModule, webgpuTrainBackendModule } from './backend-modules.js';
