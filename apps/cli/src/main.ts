#!/usr/bin/env node
import { run } from './program.js';

// A reader that has seen enough (`stride jobs list | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await run(process.argv.slice(2));
