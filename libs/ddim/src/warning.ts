/** Something that works but is probably not meant. */
export interface Warning {
  readonly code: string;
  readonly message: string;
}

/** The one-string form `code: message` in which plans and validations carry warnings. */
export function formatWarning(code: string, message: string): string {
  return `${code}: ${message}`;
}

/** The inverse of formatWarning; a text without a code keeps the code `warning`. */
export function parseWarning(text: string): Warning {
  const match = /^([a-z][a-z0-9_]*): (.*)$/s.exec(text);
  return match ? { code: match[1], message: match[2] } : { code: 'warning', message: text };
}
