import { InputError } from '#ddim';

const SEGMENT = '[A-Za-z0-9][A-Za-z0-9._-]*';
const KEY = new RegExp(`^(?:${SEGMENT}/)*${SEGMENT}\\.json$`);
const FOLDER = new RegExp(`^(?:${SEGMENT}/)+$`);
const NAME = new RegExp(`^${SEGMENT}$`);

/**
 * Keys become names of files and objects: nothing else may reach the store. @throws InputError `invalid_id`
 */
export function checkRecordKey(key: string): void {
  check(KEY, 'key', key);
}

/** @param folder such as `models/pens/` @throws InputError `invalid_id` */
export function checkRecordFolder(folder: string): void {
  check(FOLDER, 'folder', folder);
}

/** Whether what lies in a folder under this name is a record, or with a `/` at its end a folder. */
export function isRecordName(name: string): boolean {
  return name.endsWith('/') ? NAME.test(name.slice(0, -1)) : NAME.test(name) && name.endsWith('.json');
}

function check(pattern: RegExp, kind: string, text: string): void {
  if (!pattern.test(text))
    throw new InputError('invalid_id', `the ${kind} of a record must be a path of A-Z, a-z, 0-9, ".", "_" and "-"`, {
      field: kind,
    });
}
