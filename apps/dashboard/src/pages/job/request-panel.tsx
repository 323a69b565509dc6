import { useSignal } from '@preact/signals';
import { requestOf } from '../../data/again.js';
import { useResource } from '../../data/resource.js';
import { service } from '../../data/service.js';
import { Allowed } from '../../parts/allowed.js';
import { Loaded } from '../../parts/loaded.js';
import { AgainForm } from './again-form.js';
import type { ShownJob } from './job-record.js';
import { LANGUAGES, requestText, type Language } from './request-text.js';

/** What the job was asked for, as code, and as a form to ask for something else. */
export function RequestPanel({ job }: { readonly job: ShownJob }) {
  const language = useSignal<Language>('curl');
  // What it holds shrinks when the job ends.
  const resource = useResource((signal) => requestOf(job.id, signal), { key: `${job.id} ${String(job.finishedAt)}` });
  return (
    <Loaded resource={resource}>
      {({ request, missing }) => (
        <>
          <section>
            <h2>Request</h2>
            {missing.length > 0 && (
              <p class="hint">
                The numbers of {missing.join(', ')} are no longer kept, since the job has ended: put them in before you
                send it again.
              </p>
            )}
            <div class="row" role="group" aria-label="Language">
              {LANGUAGES.map((name) => (
                <button key={name} aria-pressed={language.value === name} onClick={() => (language.value = name)}>
                  {name}
                </button>
              ))}
            </div>
            <pre class="request" tabIndex={0}>
              {requestText(language.value, request, service.baseUrl)}
            </pre>
          </section>
          <Allowed scope="jobs:write">
            <AgainForm key={job.id} jobId={job.id} request={request} missing={missing} />
          </Allowed>
        </>
      )}
    </Loaded>
  );
}
