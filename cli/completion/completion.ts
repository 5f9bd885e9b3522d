/** `towline completion`: completion of verbs and options for bash, zsh, fish. */
import { Argument, type Command } from 'commander';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { completionVerbs } from './verbs.ts';
import { zshCompletion } from './zsh.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export type Shell = keyof typeof scripts;

/** @returns the script for a shell */
export const completionScript = (shell: Shell, program: Command): string =>
  scripts[shell](completionVerbs(program));

export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('Print a script that completes verbs and options in your shell.')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples([
        ['source <(towline completion bash)', 'for this bash; in ~/.bashrc for every one'],
        ['source <(towline completion zsh)', 'in ~/.zshrc, after compinit'],
        ['towline completion fish > ~/.config/fish/completions/towline.fish', 'for every fish'],
      ]),
    )
    .action((shell: Shell) => standardTerminal().lines(completionScript(shell, program).trimEnd()));
}
