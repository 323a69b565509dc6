import type { DeviceCounters } from '#engine';

/** What was asked of a device between two copies of its counters. */
export function countedSince(before: DeviceCounters, now: DeviceCounters): DeviceCounters {
  return {
    dispatches: now.dispatches - before.dispatches,
    submissions: now.submissions - before.submissions,
    uploads: now.uploads - before.uploads,
    downloads: now.downloads - before.downloads,
    uploadedBytes: now.uploadedBytes - before.uploadedBytes,
    downloadedBytes: now.downloadedBytes - before.downloadedBytes,
  };
}
