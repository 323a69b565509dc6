import { StrideError } from '#client';
import { useAction } from '../../data/action.js';
import { service } from '../../data/service.js';
import { ErrorNote } from '../../parts/error-note.js';
import type { ShownJob } from './job-record.js';

/** The forms a result can be had in, each with the end of its file's name. */
const FORMS = [
  { title: 'JSON', type: 'application/json', end: 'json' },
  { title: 'JSON, base64', type: 'application/vnd.stride.tensor+json', end: 'tensor.json' },
  { title: 'npy', type: 'application/x-npy', end: 'npy' },
  { title: 'safetensors', type: 'application/vnd.safetensors', end: 'safetensors' },
] as const;

/** The result as a file. A link cannot ask for a form, so the page fetches it. */
export function Downloads({ job }: { readonly job: ShownJob }) {
  const downloading = useAction(async (type: string, fileName: string) => {
    const address = `${service.baseUrl}/v1/sampling-jobs/${job.id}/result`;
    const response = await fetch(address, { headers: { Accept: type } });
    if (!response.ok) throw StrideError.fromBody(await response.json(), response.status);
    save(await response.blob(), fileName);
  });
  return (
    <div class="row" role="group" aria-label="Download">
      <span class="label">Download</span>
      {FORMS.map(({ title, type, end }) => (
        <button key={type} title={type} onClick={() => downloading.run(type, `${job.id}.${end}`)}>
          {title}
        </button>
      ))}
      <ErrorNote error={downloading.error.value} />
    </div>
  );
}

function save(bytes: Blob, fileName: string): void {
  const address = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}
