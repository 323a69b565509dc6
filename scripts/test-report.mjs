// A reporter of vitest that writes what scripts/test.mjs sums up: counts, seconds of each file, and all that
// failed, an error outside the tests included (vitest's own JSON report says nothing of those).
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Of the message of each failure. */
export const SHOWN_LINES = 12;

export default class TestReport {
  onInit({ config }) {
    this.path = config.outputFile;
  }

  onTestRunEnd(modules, unhandledErrors) {
    const report = {
      passed: 0,
      failed: 0,
      skipped: 0,
      failures: [],
      seconds: Object.fromEntries(modules.map((module) => [module.relativeModuleId, seconds(module)])),
    };
    for (const test of modules.flatMap((module) => [...module.children.allTests()])) {
      const { state, errors } = test.result();
      report[state === 'pending' ? 'skipped' : state]++;
      if (state === 'failed')
        report.failures.push(described(`${test.module.relativeModuleId}: ${test.fullName}`, errors));
    }
    const others = [
      ...modules.flatMap((module) => [module, ...module.children.allSuites()]).flatMap(failuresOutsideTests),
      ...unhandledErrors.map((error) => described('outside the tests', [error])),
    ];
    report.failures.push(...others);
    report.failed += others.length;
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, JSON.stringify(report));
  }
}

/** A file that does not load, a hook that failed. */
function failuresOutsideTests(suite) {
  const errors = suite.errors();
  const name = suite.type === 'suite' ? `${suite.module.relativeModuleId}: ${suite.fullName}` : suite.relativeModuleId;
  return errors.length === 0 ? [] : [described(name, errors)];
}

function seconds(module) {
  const { collectDuration, duration } = module.diagnostic();
  return Math.round((collectDuration + duration) / 100) / 10;
}

/** What was thrown where; the message above it may be another than that of the error. */
function placesOf(stack) {
  return stack.split('\n').filter((line) => line.trimStart().startsWith('at '));
}

export function described(title, errors) {
  const text = errors.map(({ message, stack = '' }) => [message, ...placesOf(stack)].join('\n')).join('\n');
  const lines = stripVTControlCharacters(text).split('\n');
  return [title, ...lines.slice(0, SHOWN_LINES).map((line) => `    ${line}`)].join('\n');
}
