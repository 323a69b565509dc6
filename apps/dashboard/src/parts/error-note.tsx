import { StrideError } from '#client';

/** What went wrong, in the words of the API; nothing while nothing did. */
export function ErrorNote({ error }: { readonly error: Error | undefined }) {
  if (error === undefined) return null;
  return (
    <p class="error" role="alert">
      {messageOf(error)}
    </p>
  );
}

function messageOf(error: Error): string {
  if (error instanceof StrideError) return `${error.message} (${error.code})`;
  // fetch throws one when nobody answers
  if (error instanceof TypeError) return 'The API does not answer. It is asked again until it does.';
  return error.message;
}
