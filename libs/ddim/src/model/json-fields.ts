import { InputError } from '../errors.js';

/**
 * Typed access to the fields of a parsed JSON object; every complaint is an InputError `unsupported_format`
 * with the path.
 */
export class JsonFields {
  private constructor(
    private readonly values: ReadonlyMap<string, unknown>,
    private readonly path: string,
  ) {}

  static parse(text: string | undefined, path: string): JsonFields {
    if (text === undefined) throw unsupported(path, 'a JSON object', 'nothing');
    return JsonFields.of(parseJson(text, path), path);
  }

  has(name: string): boolean {
    return this.values.get(name) !== undefined;
  }

  isNull(name: string): boolean {
    return this.values.get(name) === null;
  }

  /** What `read` makes of a field, or nothing to spread when the field is absent. */
  ifPresent<Result extends object>(name: string, read: (name: string) => Result): Partial<Result> {
    return this.has(name) ? read(name) : {};
  }

  number(name: string): number {
    const value = this.values.get(name);
    if (typeof value !== 'number') throw unsupported(`${this.path}.${name}`, 'a number', value);
    return value;
  }

  boolean(name: string): boolean {
    const value = this.values.get(name);
    if (typeof value !== 'boolean') throw unsupported(`${this.path}.${name}`, 'true or false', value);
    return value;
  }

  numbers(name: string): readonly number[] {
    const value: unknown = this.values.get(name);
    if (!Array.isArray(value)) throw unsupported(`${this.path}.${name}`, 'an array of numbers', value);
    const elements: readonly unknown[] = value;
    const numbers = elements.filter((element) => typeof element === 'number');
    if (numbers.length < elements.length) throw unsupported(`${this.path}.${name}`, 'an array of numbers', 'others');
    return numbers;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.values.get(name);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw unsupported(`${this.path}.${name}`, choices.join(' or '), value);
    return found;
  }

  fields(name: string): JsonFields {
    return JsonFields.of(this.values.get(name), `${this.path}.${name}`);
  }

  private static of(value: unknown, path: string): JsonFields {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw unsupported(path, 'a JSON object', value);
    return new JsonFields(new Map(Object.entries(value)), path);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError('unsupported_format', `${path} must be JSON`, { cause, field: path });
  }
}

function unsupported(path: string, expected: string, value: unknown): InputError {
  return new InputError('unsupported_format', `${path} must be ${expected}, got ${describe(value)}`, { field: path });
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 80);
}
