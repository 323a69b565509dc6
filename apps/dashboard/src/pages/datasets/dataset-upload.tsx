import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useAction } from '../../data/action.js';
import { linkTo } from '../../data/route.js';
import { submitted } from '../../data/submitted.js';
import { Bar } from '../../parts/bar.js';
import { ErrorNote } from '../../parts/error-note.js';
import { inWords, size } from '../../parts/quantity.js';
import { sendFile, type Upload } from './upload.js';

type Progress =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly sent: number; readonly total: number }
  | { readonly kind: 'checking' }
  | { readonly kind: 'stored'; readonly name: string };

/** Sends a file of this machine, and says how far it is. */
export function DatasetUpload({ onStored }: { readonly onStored: () => void }) {
  const progress = useSignal<Progress>({ kind: 'idle' });
  const upload = useRef<Upload>(undefined);
  useEffect(() => () => upload.current?.cancel(), []);
  const sending = useAction(async (name: string, file: File) => {
    progress.value = { kind: 'sending', sent: 0, total: file.size };
    upload.current = sendFile(name, file, (sent, total) => {
      progress.value = sent < total ? { kind: 'sending', sent, total } : { kind: 'checking' };
    });
    try {
      await upload.current.stored;
    } catch (error) {
      progress.value = { kind: 'idle' };
      throw error;
    }
    progress.value = { kind: 'stored', name };
    onStored();
  });
  const isBusy = sending.isRunning.value;

  const send = submitted((fields) => {
    const [name, file] = [fields.get('name'), fields.get('file')];
    if (typeof name === 'string' && file instanceof File) sending.run(name, file);
  });

  return (
    <section>
      <h2>Upload a dataset</h2>
      <form class="controls" onSubmit={send}>
        <label>
          Name <input name="name" required pattern="[a-z0-9][a-z0-9._\-]*" maxLength={64} autocomplete="off" />
        </label>
        <label>
          File <input name="file" type="file" required accept=".safetensors,.npz" />
        </label>
        <button disabled={isBusy}>Upload</button>
        {isBusy && (
          <button type="button" onClick={() => upload.current?.cancel()}>
            Cancel
          </button>
        )}
      </form>
      {sending.error.value && !isBusy && <ErrorNote error={sending.error.value} />}
      <UploadProgress progress={progress.value} />
      <p class="hint">
        safetensors or npz with <code>observations [N, size]</code> and <code>actions [N, horizon, dim]</code>, at most
        1 GiB. A name that is taken means the new file from then on.
      </p>
    </section>
  );
}

function UploadProgress({ progress }: { readonly progress: Progress }) {
  if (progress.kind === 'idle') return null;
  if (progress.kind === 'checking') return <p role="status">Every number is checked …</p>;
  if (progress.kind === 'stored')
    return (
      <p role="status">
        Stored as <a href={linkTo('datasets', progress.name)}>{progress.name}</a>.
      </p>
    );
  const { sent, total } = progress;
  return (
    <p>
      <Bar value={sent} max={total} label={`${sent} of ${total} bytes are sent`} />
      {inWords(size(sent))} of {inWords(size(total))}
    </p>
  );
}
