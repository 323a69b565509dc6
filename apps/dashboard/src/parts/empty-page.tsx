interface EmptyPageProps {
  /** What there is none of, as a sentence. */
  readonly text: string;
  /** The command that fills the page. */
  readonly command: string;
}

/** Where there is nothing yet: how to make something. */
export function EmptyPage({ text, command }: EmptyPageProps) {
  return (
    <div class="empty">
      <p>{text}</p>
      <code>{command}</code>
    </div>
  );
}
