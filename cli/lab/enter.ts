/** `towline lab exec` and `towline lab ssh`. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import { type NameOptions, nameOption, openLab } from './named-lab.ts';

async function run(part: string, command: readonly string[], options: NameOptions): Promise<void> {
  const lab = await openLab(options);
  const words = command.length > 0 ? command : [process.env.SHELL ?? 'sh'];
  const child = lab.spawn(part, words, { stdio: 'inherit' });
  // Ctrl-C reaches the command by itself.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', code => resolve(code ?? 128));
  });
  process.off('SIGINT', ignore);
}

export function registerEnter(lab: Command): void {
  nameOption(
    lab
      .command('exec')
      .description('Run a command at a part of the lab, in its network: a shell where none is named.'),
  )
    .argument('<part>', 'a device, a gateway, a site (its router), desk, registry or internet')
    .argument('[command...]', 'after --')
    .addHelpText(
      'after',
      examples([
        ['towline lab exec desk', 'a shell in the clone, with all set'],
        ['towline lab exec north-1 -- docker ps', 'its engine'],
        ['towline lab exec north -- nft list ruleset', 'what the router of the site does'],
      ]),
    )
    .action((part: string, command: string[], options: NameOptions) => run(part, command, options));
  nameOption(
    lab
      .command('ssh')
      .description('ssh to a device’s own sshd, from the desk through the gateway: there is no other way.'),
  )
    .argument('<device>', 'its id; its tunnel is open')
    .argument('[command...]', 'after --')
    .addHelpText('after', examples([['towline lab ssh north-1 -- uptime', 'while its tunnel is open']]))
    .action(async (device: string, command: string[], options: NameOptions) => {
      const { id } = (await openLab(options)).device(device);
      await run('desk', ['ssh', '-J', 'gateway', `${id}.host`, ...command], options);
    });
}
