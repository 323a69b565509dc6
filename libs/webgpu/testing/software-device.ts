import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/** Debian's chromium package brings SwiftShader, a Vulkan device in software, with a loader beside it. */
const CHROMIUM = '/usr/lib/chromium';
/** A machine with a driver of its own may name it. */
const driver = process.env.VK_DRIVER_FILES ?? `${CHROMIUM}/vk_swiftshader_icd.json`;

/** Why there is no device for tests; empty when there is one. To be added to the name of what is skipped. */
export const noDeviceReason = existsSync(driver)
  ? ''
  : ` (skipped: ${driver} is absent; apt-get install chromium brings it)`;

/** Read when a process starts: tests that use the device run in one that was started with it. */
export const softwareDevice: Readonly<Record<string, string>> = noDeviceReason
  ? {}
  : {
      VK_DRIVER_FILES: driver,
      VK_ICD_FILENAMES: driver,
      LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, CHROMIUM].filter(Boolean).join(':'),
    };

/** Runs a program, as the text of a module, in a process with the device. @returns the JSON that it prints */
export async function runOnSoftwareDevice(program: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, ...softwareDevice },
    timeout: 120_000,
  });
  return JSON.parse(stdout);
}
