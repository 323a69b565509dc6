import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { found } from '#client';
import { route } from '../../data/route.js';
import { service } from '../../data/service.js';
import { Allowed } from '../../parts/allowed.js';
import { EmptyPage } from '../../parts/empty-page.js';
import { ErrorNote } from '../../parts/error-note.js';
import { BulkActions } from './bulk-actions.js';
import { JobFilters } from './job-filters.js';
import { JobListing } from './job-listing.js';
import { jobQuery } from './job-query.js';
import { JobRows } from './job-rows.js';

/** All sampling jobs, the newest first. */
export function JobsPage() {
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const query = jobQuery(route.value.query);
  const key = JSON.stringify(query);
  const listing = useMemo(
    () =>
      new JobListing(
        async (asked, signal) => found(await service.GET('/v1/sampling-jobs', { params: { query: asked }, signal })),
        query,
      ),
    [key],
  );
  useEffect(() => {
    selected.value = new Set();
    return () => listing.close();
  }, [listing]);

  const error = listing.error.value;
  const isEmpty = listing.jobs.value.length === 0 && !listing.hasMore.value;
  return (
    <>
      <h1>Jobs</h1>
      <JobFilters />
      <Allowed scope="jobs:write">
        <BulkActions selected={selected} />
      </Allowed>
      <ErrorNote error={error} />
      <JobRows key={key} listing={listing} selected={selected} />
      {isEmpty && <NoJobs isFiltered={key !== '{}'} />}
    </>
  );
}

function NoJobs({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <p class="hint">No job is like that.</p>;
  return (
    <EmptyPage
      text="There is no sampling job yet."
      command="npm run stride -- sample --model MODEL --observations FILE"
    />
  );
}
