/** `towline completion`: completion of verbs and options for bash, zsh, fish. */
import { Argument, type Command } from 'commander';
import { examples } from './examples.ts';
import { standardTerminal } from './terminal.ts';

interface Verb {
  /** `device add`, or '' for the program itself. */
  readonly path: string;
  readonly description: string;
  readonly words: readonly string[];
}

const optionsOf = (command: Command) =>
  command.options.flatMap(({ long, hidden }) =>
    long === undefined || long === null || hidden ? [] : [long],
  );

function verbsOf(command: Command, path = ''): Verb[] {
  const subcommands = command.commands.filter(one => one.name() !== 'help');
  const words = [...subcommands.map(one => one.name()), ...optionsOf(command), '--help'];
  const below = subcommands.flatMap(one => verbsOf(one, `${path} ${one.name()}`.trim()));
  return [{ path, description: command.description().split('\n')[0] ?? '', words }, ...below];
}

/** Words after the verbs typed so far; options in between do not matter. */
const bash = (
  verbs: readonly Verb[],
) => `# towline completion for bash: source it, or put it into /etc/bash_completion.d
_towline() {
  local word path='' known
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [ "\${word#-}" = "$word" ] || continue
    known="\${path:+$path }$word"
    case "$known" in
      ${verbs
        .filter(({ path }) => path !== '')
        .map(({ path }) => `'${path}'`)
        .join(' | ')}) path=$known ;;
    esac
  done
  case "$path" in
${verbs.map(({ path, words }) => `    '${path}') COMPREPLY=($(compgen -W '${words.join(' ')}' -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`).join('\n')}
  esac
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _towline towline
`;

const zsh = (verbs: readonly Verb[]) => `#compdef towline
autoload -U +X bashcompinit && bashcompinit
${bash(verbs)}`;

const fishQuoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function fish(verbs: readonly Verb[], root: Command): string {
  const lines = ['# towline completion for fish: ~/.config/fish/completions/towline.fish'];
  for (const { path } of verbs) {
    let command: Command | undefined = root;
    for (const name of path.split(' ').filter(part => part !== '')) {
      command = command?.commands.find(one => one.name() === name);
    }
    const seen = path.split(' ').filter(part => part !== '');
    const condition =
      seen.length === 0
        ? '__fish_use_subcommand'
        : seen.map(name => `__fish_seen_subcommand_from ${name}`).join('; and ');
    for (const sub of command?.commands ?? []) {
      const text = fishQuoted(sub.description().split('\n')[0] ?? '');
      lines.push(`complete -c towline -n ${fishQuoted(condition)} -a ${sub.name()} -d ${text}`);
    }
    for (const option of command?.options ?? []) {
      if (option.long === undefined || option.long === null) continue;
      const text = fishQuoted(option.description);
      lines.push(`complete -c towline -n ${fishQuoted(condition)} -l ${option.long.slice(2)} -d ${text}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

export type Shell = 'bash' | 'zsh' | 'fish';

/** @returns the script for a shell */
export function completionScript(shell: Shell, program: Command): string {
  const verbs = verbsOf(program);
  return shell === 'fish' ? fish(verbs, program) : shell === 'zsh' ? zsh(verbs) : bash(verbs);
}

export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('Print a script that completes verbs and options in your shell.')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples([
        ['source <(towline completion bash)', 'for this shell'],
        ['towline completion fish > ~/.config/fish/completions/towline.fish', 'for every fish'],
      ]),
    )
    .action((shell: Shell) => standardTerminal().line(completionScript(shell, program).trimEnd()));
}
