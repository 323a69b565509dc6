import type { Command } from 'commander';
import { checkBackends, checkTensorFlow } from './doctor/backends.js';
import { DEFAULT_DATA_DIRECTORY } from './arguments.js';
import type { Finding } from '#system';
import { checkCpu, checkMemory, checkNode } from './doctor/machine.js';
import { Terminal } from './terminal/terminal.js';

const NAME_WIDTH = 27;
const SIGNS = { ok: ['green', '✓'], warning: ['yellow', '!'], absent: ['dim', '-'], problem: ['red', '✗'] } as const;

/** `stride doctor`: what this machine has, what it lacks, and what to do about it. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check what this machine has for running Stride; exit code 1 when something needed is missing')
    .option('--data-dir <dir>', 'the data directory that will be used', DEFAULT_DATA_DIRECTORY)
    .option('--json', 'print one JSON object per check')
    .action(async (options: { dataDir: string; json?: boolean }) => {
      const terminal = new Terminal({ json: options.json ?? false });
      const findings = await examine(options.dataDir, process.env);
      for (const finding of findings) report(finding, terminal);
      process.exitCode = findings.some(({ status }) => status === 'problem') ? 1 : 0;
    });
}

async function examine(dataDirectory: string, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const artifactRoot = environment.STRIDE_ARTIFACTS ?? environment.STRIDE_ARTIFACT_ROOT ?? `${dataDirectory}/artifacts`;
  // they take a second to load, for which no other command waits
  const { checkRedis } = await import('#system');
  const { checkArtifactRoot } = await import('./doctor/artifact-root.js');
  return [
    checkNode(process.versions.node),
    checkCpu(),
    checkMemory(),
    await checkRedis(environment.REDIS_URL),
    ...(await checkBackends()),
    ...checkTensorFlow(),
    await checkArtifactRoot(artifactRoot),
  ];
}

function report(finding: Finding, terminal: Terminal): void {
  terminal.emit({ remedy: null, ...finding });
  const [style, sign] = SIGNS[finding.status];
  terminal.print(`${terminal.style(style, sign)} ${finding.name.padEnd(NAME_WIDTH)}${finding.detail}`);
  if (finding.remedy !== undefined)
    terminal.print(`${' '.repeat(NAME_WIDTH + 2)}${terminal.style('dim', finding.remedy)}`);
}
