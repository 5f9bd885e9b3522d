/** The verbs of the command as completion needs them, for whichever shell. */
import type { Command, Option } from 'commander';

/** What a fleet repository has names of. */
export type NameKind = 'device' | 'app' | 'deviceOrApp' | 'group' | 'release' | 'operator' | 'rollout';

export interface CompletionOption {
  /** `--group` */
  readonly long: string;
  /** `-l` */
  readonly short: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
  /** Of what its value is a name. */
  readonly names: NameKind | undefined;
  /** What its value may be, where there is a list. */
  readonly choices: readonly string[];
}

export interface CompletionVerb {
  /** `device add`, or '' for the program itself. */
  readonly path: string;
  readonly below: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletionOption[];
  /** What an argument may be, where there is a list. */
  readonly choices: readonly string[];
  /** Of what each argument is a name; undefined: of nothing that a fleet knows. */
  readonly names: readonly (NameKind | undefined)[];
  /** Whether the last of them may be given again and again. */
  readonly repeats: boolean;
}

const help: CompletionOption = {
  long: '--help',
  short: '-h',
  description: 'print the help',
  takesValue: false,
  names: undefined,
  choices: [],
};

function optionOf(option: Option): CompletionOption[] {
  const { long, short, description, required, optional, hidden, argChoices: choices = [] } = option;
  if (typeof long !== 'string' || hidden) return [];
  const takesValue = required || optional;
  const names = takesValue ? optionNames[long] : undefined;
  return [{ long, short, description, takesValue, names, choices }];
}

const optionNames: Readonly<Record<string, NameKind>> = {
  '--allow': 'operator',
  '--app': 'app',
  '--compose': 'app',
  '--device': 'device',
  '--group': 'group',
  '--person': 'operator',
  '--release': 'release',
  '--supersedes': 'rollout',
};

/** By what the help calls an argument. */
function argumentNames(path: string, name: string): NameKind | undefined {
  if (name === 'device' || name === 'app' || name === 'group' || name === 'release') return name;
  if (name === 'devices' || (name === 'destination' && path === 'ssh')) return 'device';
  if (name === 'id' && path.startsWith('device ')) return 'device';
  // Devices, and the app behind them.
  if (path === 'unpin') return 'deviceOrApp';
  if (name === 'ids' || path === 'device label' || path === 'device group') return 'device';
  if (path === 'operator remove') return 'operator';
  if (name === 'rollout' && path.startsWith('rollout ')) return 'rollout';
  if (name === 'version' && path === 'rollout start') return 'release';
  const isVersion = name === 'version' || name === 'other-version';
  return isVersion && /^release(?: |$)/.test(path) ? 'release' : undefined;
}

const firstLine = (text: string) => text.split('\n')[0] ?? '';

/** The verb itself, then those below it. */
export function completionVerbs(command: Command, path = ''): CompletionVerb[] {
  const commands = command.commands.filter(one => one.name() !== 'help');
  const verb: CompletionVerb = {
    path,
    below: commands.map(one => ({ name: one.name(), description: firstLine(one.description()) })),
    options: [...command.options.flatMap(optionOf), help],
    choices: command.registeredArguments.flatMap(argument => argument.argChoices ?? []),
    names: command.registeredArguments.map(argument => argumentNames(path, argument.name())),
    repeats: command.registeredArguments.at(-1)?.variadic === true,
  };
  return [verb, ...commands.flatMap(one => completionVerbs(one, `${path} ${one.name()}`.trim()))];
}

/** In single quotes, for any shell of the Bourne family. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** What options take a value: it is no argument. */
export const valueOptions = (verbs: readonly CompletionVerb[]): string[] => [
  ...new Set(
    verbs.flatMap(({ options }) =>
      options
        .filter(one => one.takesValue)
        .flatMap(({ long, short }) => (short === undefined ? [long] : [long, short])),
    ),
  ),
];

/** `pin 1`: arguments that name the app whose releases are meant, where it is not the first one. */
export const laterApps = (verbs: readonly CompletionVerb[]): string[] =>
  verbs.flatMap(({ path, names }) =>
    names.flatMap((kind, at) => (kind === 'app' && at > 0 ? [`${path} ${at}`] : [])),
  );

const name = '[A-Za-z0-9][A-Za-z0-9._+-]*';

/**
 * `_towline_names KIND [APP]` for bash and zsh, by `sh` for fish: from the files of the repository that `$repo` is in. A
 * shell would run what stands in other words, so no other name is offered.
 */
export const namesBody = `case "$repo" in '~' | '~/'*) repo="$HOME\${repo#\\~}" ;; esac
  case "$1" in
  device) top=devices found='s|^devices/\\(.*/\\)*\\(${name}\\)\\.yaml$|\\2|p' ;;
  group) top=groups found='s|^groups/\\(${name}\\)\\.yaml$|\\1|p' ;;
  operator) top=operators found='s|^operators/\\(${name}\\)\\.yaml$|\\1|p' ;;
  deviceOrApp) top= found='s|^devices/\\(.*/\\)*\\(${name}\\)\\.yaml$|\\2|p;s|^apps/\\(${name}\\)/.*|\\1|p' ;;
  app) top=apps found='s|^apps/\\(${name}\\)/.*|\\1|p' ;;
  release) top=apps/$2/releases found='s|^apps/[^/]*/releases/\\(${name}\\)/release\\.yaml$|\\1|p' ;;
  rollout) top=rollouts found='s|^rollouts/[^/]*/\\(${name}\\)\\.yaml$|\\1|p' ;;
  *) return 0 ;;
  esac
  git -C "\${repo:-.}" ls-files --full-name -co --exclude-standard -- ":(top,literal)$top" 2>/dev/null | sed -n "$found" | sort -u`;

/** Paths that a word can lead to: all but the program's own. */
export const namedPaths = (verbs: readonly CompletionVerb[]): string[] =>
  verbs.map(({ path }) => path).filter(path => path !== '');
