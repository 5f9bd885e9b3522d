/** `towline tunnel request`: asks those who may for a tunnel, by a branch of one's own. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { namePattern } from '../../core/fleet/paths.ts';
import { stampOf } from '../change/draft.ts';
import { remoteOptions } from '../change/options.ts';
import { RemoteMain, type RemoteOptions } from '../change/remote-main.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { gatewaySession, sshCommand } from '../desk/gateway-session.ts';
import { remembered } from '../desk/remembered.ts';
import { requestsFolder } from './change/pending.ts';
import { draftOpening, sayDraft } from './drafting.ts';
import { askedOf } from './open.ts';
import { type GatewayOptions, gatewayAddress } from './word/gateway-word.ts';

interface RequestOptions extends RemoteOptions, GatewayOptions {
  readonly repo: string;
  readonly for?: string;
  readonly reason: string;
  readonly allow?: readonly string[];
  readonly operator?: string;
  readonly json?: boolean;
}

async function request(id: string, options: RequestOptions, signal: AbortSignal): Promise<void> {
  const asked = askedOf(options);
  const main = await RemoteMain.open(options);
  const operator = await operatorName(options, main.remote, signal);
  const branch = `${requestsFolder}${operator}/${id}-${stampOf(Date.now())}`;
  sayDraft(await draftOpening(main, { id, asked, branch }, signal), options.json === true);
}

/** As it was named, else as this clone remembers it, else as the gateway greets whoever has this key. @throws TowlineError CLI_USAGE */
async function operatorName(options: RequestOptions, remote: string, signal: AbortSignal): Promise<string> {
  const name = options.operator ?? (await remembered(options.repo, 'operator'));
  if (name !== undefined) {
    if (namePattern.test(name)) return name;
    throw new TowlineError('CLI_USAGE', `${name} is no name of an operator`);
  }
  const address = await gatewayAddress(options, remote);
  let greeted: string | undefined;
  if (address !== undefined) {
    const command = await sshCommand(options.repo);
    const onLine = (line: string): void => {
      greeted ??= /^Hello ([a-z0-9-]{1,63})\. /.exec(line)?.[1];
    };
    await gatewaySession({ address, command, onLine }, signal);
    signal.throwIfAborted();
  }
  if (greeted !== undefined) return greeted;
  throw new TowlineError('CLI_USAGE', 'who asks? --operator NAME, or once: git config towline.operator NAME');
}

export function registerTunnelRequest(tunnel: Command, stop: Stop): void {
  const verb = tunnel
    .command('request')
    .description('Ask for a tunnel by a branch of your own: `git.fleet: request` is enough for it.')
    .argument('<device>', 'id of the device')
    .requiredOption('--reason <text>', 'why: it stands in the history, the status and the audit log')
    .option('--for <duration>', 'how long, from now (default: `tunnels.maxDuration` of fleet.yaml)')
    .option('--allow <name>', 'only this operator may come in; repeatable', collect)
    .option('--operator <name>', 'your name among operators (default: as the gateway greets you)')
    .option('--gateway <url>', 'the gateway’s SSH port (default: that of telemetry, else of the remote)');
  remoteOptions(verb)
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline tunnel request pump-17 --for 1h --reason INC-42', 'an hour, once somebody grants it'],
      ]),
    )
    .action((id: string, options: RequestOptions) => request(id, options, stop()));
}
