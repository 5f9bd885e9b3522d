/** `towline lab part`: what `up` starts inside of a lab. Nobody types it. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { examples } from '../command/examples.ts';

async function run(part: string, words: readonly string[]): Promise<void> {
  const [host = '', port = ''] = words;
  if (part === 'keeper') {
    const { Keeper } = await import('../../lab/sites/keeper/keeper.ts');
    new Keeper().listen();
    return;
  }
  if (part !== 'proxy') throw new TowlineError('CLI_USAGE', `a lab has no part ${part}`);
  const { serveProxy } = await import('../../lab/sites/programs/site-proxy.ts');
  serveProxy(host, Number(port));
}

export function registerPart(lab: Command): void {
  lab
    .command('part')
    .description('Run a program of a lab: `up` starts it inside, nobody types it.')
    .argument('<part>', 'keeper or proxy')
    .argument('[words...]', 'what it is told')
    .addHelpText('after', examples([['towline lab part keeper', 'as `up` does it']]))
    .action((part: string, words: string[]) => run(part, words));
}
