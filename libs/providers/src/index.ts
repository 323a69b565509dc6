export { auto, examineCandidates } from './auto.js';
