import { ReplyError } from 'ioredis';
import type { z } from 'zod';

/**
 * What a stored text says in the schema's form; undefined for what is no JSON, or what another release wrote
 * otherwise.
 */
export function parseStored<Schema extends z.ZodType>(
  schema: Schema,
  text: string | null | undefined,
): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text ?? 'null')).data;
  } catch {
    return undefined;
  }
}

/** Called with a record among many that cannot be read and is left out. */
export type OnUnreadable = (what: string, cause?: unknown) => void;

/** Whether a key holds another kind of value than ours do: somebody else wrote it. */
export function isWrongType(error: unknown): error is Error {
  return error instanceof Error && error instanceof ReplyError && error.message.startsWith('WRONGTYPE');
}

/**
 * What Redis answers, or `nothing` where the key holds another kind of value.
 * @throws every other error
 */
export async function unlessWrongType<Answer>(
  answer: Promise<Answer>,
  nothing: Answer,
  onUnreadable: (cause: Error) => void,
): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!isWrongType(error)) throw error;
    onUnreadable(error);
    return nothing;
  }
}
