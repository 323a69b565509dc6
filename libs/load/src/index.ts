export { poissonArrivals } from './arrivals.js';
export { JobBodies } from './job-bodies.js';
export { JobMix, type LoadSize } from './job-mix.js';
export { describeErrors, keepsLimit, summarizeRun, type LoadSummary } from './load-summary.js';
export { runArrivals, runClients, type Load } from './load.js';
export { createSender, PROTOCOLS, type Protocol } from './protocols.js';
export { summarize, type Percentiles } from './percentiles.js';
export { highestPassingRate } from './rate-search.js';
export { seededUniform } from './seeded.js';
