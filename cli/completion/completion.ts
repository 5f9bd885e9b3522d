/** `towline completion`: completion of verbs and options for bash, zsh, fish. */
import { Argument, type Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
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

export function registerCompletion(command: Command, _stop: Stop, whole: () => Promise<Command>): void {
  command
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples([
        ['source <(towline completion bash)', 'for this bash; in ~/.bashrc for every one'],
        ['source <(towline completion zsh)', 'in ~/.zshrc, after compinit'],
        ['towline completion fish > ~/.config/fish/completions/towline.fish', 'for every fish'],
      ]),
    )
    .action(async (shell: Shell) => {
      standardTerminal().lines(completionScript(shell, await whole()).trimEnd());
    });
}
