import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command by the words that lead to it, with what may follow them. */
interface Place {
  /** `jobs watch`; empty for the program itself. */
  readonly path: string;
  readonly words: readonly Word[];
  /** Options with a value, and the values where they are a closed set. */
  readonly values: readonly { readonly option: string; readonly choices: readonly string[] | undefined }[];
}

interface Word {
  readonly word: string;
  readonly description: string;
}

/** A script that completes the commands of a program in a shell. */
export function completionScript(program: Command, shell: Shell): string {
  return WRITERS[shell](placesOf(program, ''));
}

const WRITERS: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  bash: bashScript,
  // zsh runs bash's completions
  zsh: (places) => `autoload -U +X bashcompinit && bashcompinit\n${bashScript(places)}`,
  fish: fishScript,
};

function placesOf(command: Command, path: string): Place[] {
  const children = command.commands.map((child) => ({ word: child.name(), description: child.description() }));
  const options = command.options.flatMap(({ long, description }) => (long ? [{ word: long, description }] : []));
  const values = command.options.filter(takesValue).map(({ long, argChoices }) => ({
    option: long ?? '',
    choices: argChoices,
  }));
  const choices = command.registeredArguments.flatMap(({ argChoices = [], description }) =>
    argChoices.map((word) => ({ word, description })),
  );
  const help = { word: '--help', description: 'display help' };
  const below = command.commands.flatMap((child) => placesOf(child, `${path} ${child.name()}`.trim()));
  return [{ path, words: [...children, ...choices, ...options, help], values }, ...below];
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

/** Walks the words to the command that they name, and offers what may follow; files where a value is due. */
function bashScript(places: readonly Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const values = places.flatMap(({ path, values: options }) =>
    options.map(({ option, choices }) => {
      const words =
        choices === undefined ? `compgen -f -- "$current"` : `compgen -W '${choices.join(' ')}' -- "$current"`;
      return `    '${`${path} ${option}`.trim()}') _stride_offer "$(${words})"; return ;;`;
    }),
  );
  const words = places.map(
    ({ path, words: offered }) => `    '${path}') offered='${offered.map(({ word }) => word).join(' ')}' ;;`,
  );
  return `# Completion of stride in bash: source <(stride completion bash)
_stride_offer() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do [ -n "$word" ] && COMPREPLY+=("$word"); done <<< "$1"
}
_stride() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' offered='' word
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do
    case "\${path:+$path }$word" in
      ${paths.join(' | ')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "\${path:+$path }$previous" in
${values.join('\n')}
  esac
  case "$path" in
${words.join('\n')}
  esac
  _stride_offer "$(compgen -W "$offered" -- "$current")"
  if [ "\${#COMPREPLY[@]}" -eq 0 ] && [ "\${current#-}" = "$current" ]; then
    _stride_offer "$(compgen -f -- "$current")"
  fi
}
complete -F _stride stride
`;
}

function fishScript(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words, values }) => {
    const condition = conditionOf(path, words);
    return words.map(({ word, description }) => {
      const value = values.find(({ option }) => option === word);
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      const takes =
        value === undefined ? '' : value.choices === undefined ? ' -r' : ` -x -a '${value.choices.join(' ')}'`;
      return `complete -c stride -n '${condition}' ${what}${takes} -d '${description.replaceAll("'", "\\'")}'`;
    });
  });
  return ['# Completion of stride in fish: stride completion fish | source', ...lines, ''].join('\n');
}

/** True where the words so far name this command, and none below it. */
function conditionOf(path: string, words: readonly Word[]): string {
  const below = words.filter(({ word }) => !word.startsWith('--')).map(({ word }) => word);
  if (path === '') return '__fish_use_subcommand';
  const named = path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const unnamed = below.length === 0 ? [] : [`not __fish_seen_subcommand_from ${below.join(' ')}`];
  return [...named, ...unnamed].join('; and ');
}
