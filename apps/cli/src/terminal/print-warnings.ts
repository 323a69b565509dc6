import type { Terminal } from './terminal.js';

/** Says what the service warns of in an answer: a job, a dataset or a model version. */
export function printWarnings(terminal: Terminal, answer: object): void {
  const warnings: unknown = 'warnings' in answer ? answer.warnings : undefined;
  if (!Array.isArray(warnings)) return;
  for (const warning of warnings as readonly { code: string; message: string }[])
    terminal.note(`warning: ${warning.code}: ${warning.message}`);
}
