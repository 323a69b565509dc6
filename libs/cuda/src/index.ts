export { cuda, cudaBackendModule } from './backend-modules.js';
export { Telemetry, telemetryAbsence } from './telemetry/telemetry.js';
