import { z } from 'zod';
import { SamplingRequest, TrainingRequest } from '#contract';
import { presets, PRESET_NAMES } from '#ddim';

/** What of a JSON schema the tables show. */
interface Field {
  readonly type?: string;
  readonly $ref?: string;
  readonly enum?: readonly (string | number | boolean)[];
  readonly const?: string | number | boolean;
  readonly anyOf?: readonly Field[];
  readonly items?: Field;
  readonly prefixItems?: readonly Field[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

type Definitions = Readonly<Record<string, Field>>;

/** Tables of every field of the requests, and of what the presets set: the body of docs/options.md. */
export function optionTables(): string {
  const shown = new Set<string>();
  const requests = [SamplingRequest, TrainingRequest].flatMap((request) => requestTables(request, shown));
  return [...requests, ...presetTable()].join('\n');
}

/** A request first, then the objects in it that were not shown before. */
function requestTables(request: z.ZodType, shown: Set<string>): string[] {
  const schema = z.toJSONSchema(request, { io: 'input', unrepresentable: 'any' });
  const definitions = Object(schema.$defs) as Definitions;
  const names = [nameOf(schema as Field)];
  const tables: string[] = [];
  for (const name of names) {
    const definition = definitions[name];
    if (definition?.properties === undefined || shown.has(name)) continue;
    shown.add(name);
    const fields = Object.entries(definition.properties);
    const rows = fields.map(([field, about]) =>
      rowOf(field, about, { definitions, isRequired: definition.required?.includes(field) === true }),
    );
    tables.push(`## ${name}`, '', '| field | values | default | meaning |', '|---|---|---|---|', ...rows, '');
    names.push(...fields.flatMap(([, about]) => partsOf(about)));
  }
  return tables;
}

function rowOf(
  field: string,
  about: Field,
  { definitions, isRequired }: { readonly definitions: Definitions; readonly isRequired: boolean },
): string {
  const [meaning = '', ...rest] = (about.description ?? '').split(' Default: ');
  const byDefault = about.default === undefined ? rest.join(' Default: ') : defaultText(about.default);
  const cells = [`\`${field}\``, valuesOf(about, definitions), isRequired ? 'required' : byDefault, meaning];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Objects say themselves what their fields are by default. */
function defaultText(value: unknown): string {
  if (Array.isArray(value)) return value.map(defaultText).join(', ');
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return typeof value === 'object' ? '' : `\`${text}\``;
}

function valuesOf(field: Field, definitions: Definitions): string {
  const name = nameOf(field);
  if (name !== '') return definitions[name]?.properties === undefined ? name : `[${name}](#${name.toLowerCase()})`;
  if (field.anyOf !== undefined) return [...new Set(field.anyOf.map((one) => valuesOf(one, definitions)))].join(' or ');
  if (field.enum !== undefined) return field.enum.map(defaultText).join(', ');
  if (field.const !== undefined) return defaultText(field.const);
  if (field.type === 'array')
    return `list of ${valuesOf(field.prefixItems?.[0] ?? field.items ?? {}, definitions)}${upTo(field.maxItems, 'items')}`;
  if (field.type === 'string') return `text${upTo(field.maxLength, 'characters')}`;
  return [field.type ?? 'any', rangeOf(field)].filter((part) => part !== '').join(', ');
}

function upTo(most: number | undefined, what: string): string {
  return most === undefined ? '' : `, at most ${numberText(most)} ${what}`;
}

function rangeOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Field): string {
  const from =
    exclusiveMinimum === undefined ? minimum && numberText(minimum) : `above ${numberText(exclusiveMinimum)}`;
  const to = exclusiveMaximum === undefined ? maximum && numberText(maximum) : `below ${numberText(exclusiveMaximum)}`;
  return [from ?? minimum, to].filter((bound) => bound !== undefined).join(' to ');
}

function numberText(value: number): string {
  return value === Number.MAX_SAFE_INTEGER ? '2^53 - 1' : value.toLocaleString('en-US', { maximumFractionDigits: 12 });
}

function nameOf({ $ref = '' }: Field): string {
  return $ref.split('/').at(-1) ?? '';
}

function partsOf(field: Field): string[] {
  const inside = [...(field.anyOf ?? []), ...(field.items === undefined ? [] : [field.items])].flatMap(partsOf);
  return [nameOf(field), ...inside].filter((name) => name !== '');
}

function presetTable(): string[] {
  const settings = PRESET_NAMES.map((name) => new Map(leaves(presets[name])));
  const paths = new Set(settings.flatMap((preset) => [...preset.keys()]));
  const rows = [...paths].map(
    (path) => `| \`${path}\` | ${settings.map((preset) => preset.get(path) ?? '').join(' | ')} |`,
  );
  const head = ['setting', ...PRESET_NAMES.map((name) => `\`${name}\``)];
  return ['## Presets', '', `| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows, ''];
}

/** Each setting of a preset, by the path of fields to it. */
function leaves(value: object, before = ''): [path: string, text: string][] {
  return Object.entries(value).flatMap(([name, inside]: [string, unknown]) =>
    typeof inside === 'object' && inside !== null && !Array.isArray(inside)
      ? leaves(inside, `${before}${name}.`)
      : [[`${before}${name}`, JSON.stringify(inside)] as [string, string]],
  );
}
