import { newest, useLive } from '../../data/live.js';
import { FleetTable } from './fleet-table.js';
import { QueueTable } from './queue-table.js';
import { SystemStats } from './system-stats.js';

/** The whole system at this moment. */
export function NowPage() {
  const { history, problem } = useLive();
  const snapshots = history.value;
  const snapshot = newest(snapshots);
  return (
    <>
      <h1>Now</h1>
      {problem.value && (
        <p class="error" role="alert">
          {problem.value}
        </p>
      )}
      {snapshot === undefined ? (
        !problem.value && <p class="loading">Loading …</p>
      ) : (
        <>
          <SystemStats history={snapshots} />
          <h2>Queue</h2>
          <QueueTable history={snapshots} />
          <h2>Workers</h2>
          <FleetTable history={snapshots} />
        </>
      )}
    </>
  );
}
