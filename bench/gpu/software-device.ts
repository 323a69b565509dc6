import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { gpuAbsence } from '#onnx';

/** SwiftShader of Debian's chromium, which also brings a Vulkan loader. */
const DRIVER_FOLDER = '/usr/lib/chromium';
const DRIVER = `${DRIVER_FOLDER}/vk_swiftshader_icd.json`;

/**
 * Vulkan reads its driver when a process starts, so a machine without a GPU runs this program once more with
 * the software driver.
 * @returns whether it did, and everything is done
 */
export function restartOnSoftwareDevice(): boolean {
  if (process.env.VK_DRIVER_FILES !== undefined || hasGpu()) return false;
  if (!existsSync(DRIVER)) {
    console.log(`no software Vulkan driver at ${DRIVER}: apt-get install chromium libvulkan1`);
    return false;
  }
  const { status } = spawnSync(process.execPath, process.argv.slice(1), {
    stdio: 'inherit',
    env: {
      ...process.env,
      VK_DRIVER_FILES: DRIVER,
      VK_ICD_FILENAMES: DRIVER,
      LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, DRIVER_FOLDER].filter(Boolean).join(':'),
    },
  });
  process.exitCode = status ?? 1;
  return true;
}

export function hasGpu(): boolean {
  return gpuAbsence() === undefined;
}
