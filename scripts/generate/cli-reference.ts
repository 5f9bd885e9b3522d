import type { Command } from 'commander';
import { exitCodeMeanings } from '../../cli/command/exit-code.ts';
import { makeProgram } from '../../cli/program.ts';

/** The help of a command as its user sees it, at a fixed width. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: part => {
      text += part;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trimEnd();
}

function sections(command: Command, path: string): string[] {
  const shown = [...command.commands].filter(one => one.name() !== 'help');
  const own = path === '' ? [] : [`## towline ${path}`, '', '```text', helpOf(command), '```', ''];
  return [...own, ...shown.flatMap(one => sections(one, `${path} ${one.name()}`.trim()))];
}

/** docs/reference/cli.md: the help of every verb, from commander. */
export async function cliReference(): Promise<string> {
  const lines = [
    '# The towline command',
    '',
    '<!-- Generated from cli/ by `npm run generate`. Do not edit. -->',
    '',
    'Every verb that prints facts has `--json`. Problems are printed as `file:line:column code message`; what a code',
    'means and what to do stands in [errors.md](errors.md). `--debug` before the verb shows where an unexpected error',
    'comes from.',
    '',
    '| exit code | meaning |',
    '|---|---|',
    ...Object.entries(exitCodeMeanings).map(([code, meaning]) => `| ${code} | ${meaning} |`),
    '',
    ...sections(await makeProgram(), ''),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
