import { linkTo, narrow, route } from '../../data/route.js';
import { CLASSES, STATUSES } from './job-query.js';

/** A whole id of a sampling job. */
const WHOLE_ID = /^smp_[0-9A-Z]{26,28}$/;

/** What the list is narrowed to; it stands in the address, so that every view has a link. */
export function JobFilters() {
  const { query } = route.value;
  const value = (name: string) => query.get(name) ?? '';
  return (
    <search class="filters">
      <Choice name="status" label="Status" options={STATUSES} value={value('status')} />
      <Choice name="priority" label="Class" options={CLASSES} value={value('priority')} />
      <Field name="model" label="Model" value={value('model')} />
      <Field name="key" label="Key" value={value('key')} />
      <Field name="from" label="From" value={value('from')} isTime />
      <Field name="until" label="Until" value={value('until')} isTime />
      <Field name="id" label="Id, or a part of it" value={value('id')} onWhole={goTo} />
    </search>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly options: readonly string[];
  readonly value: string;
}

function Choice({ name, label, options, value }: ChoiceProps) {
  return (
    <label>
      <span class="label">{label}</span>
      <select value={value} onChange={({ currentTarget }) => narrow({ [name]: currentTarget.value })}>
        <option value="">all</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly isTime?: boolean;
  /** Takes what is written; true when there is nothing more to narrow. */
  readonly onWhole?: (text: string) => boolean;
}

function Field({ name, label, value, isTime = false, onWhole }: FieldProps) {
  const onChange = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    if (onWhole?.(currentTarget.value.trim()) !== true) narrow({ [name]: currentTarget.value });
  };
  const field = { name, value, onChange };
  return (
    <label>
      <span class="label">{label}</span>
      {isTime ? <input type="datetime-local" {...field} /> : <input type="search" {...field} />}
    </label>
  );
}

/** Who brings a whole id wants to see that job. */
function goTo(text: string): boolean {
  if (!WHOLE_ID.test(text)) return false;
  location.hash = linkTo('jobs', text);
  return true;
}
