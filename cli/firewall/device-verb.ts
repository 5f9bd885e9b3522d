/** `towline firewall device`. */
import type { Command } from 'commander';
import { desiredOf } from '../../core/desired/desired-of.ts';
import { formatProblem, TowlineError } from '../../core/errors.ts';
import { deviceFacts } from '../../core/firewall/device-facts.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import { parseProxy } from '../../core/io/https/http-proxy.ts';
import type { AgentFile } from '../../schemas/types.generated.ts';
import { examples } from '../command/examples.ts';
import { proxyOption } from '../command/proxy-option.ts';
import type { Stop } from '../command/stop.ts';
import { openSnapshot, type SnapshotOptions } from '../desk/repository.ts';
import { snapshotOptions } from '../desk/snapshot-options.ts';
import { type SiteOptions, siteFacts, siteOptions } from './site-options.ts';
import { tellRules } from './tell-rules.ts';

interface Options extends SnapshotOptions, SiteOptions {
  readonly agent?: string;
  readonly proxy?: string;
}

const maxFileBytes = 64 * 1024;

/** @throws TowlineError CLI_USAGE */
async function agentFile(path: string): Promise<AgentFile> {
  const bytes = await readBounded(path, maxFileBytes).catch((cause: unknown) => {
    throw new TowlineError('CLI_USAGE', `${path} cannot be read`, { cause });
  });
  if (bytes === undefined) throw new TowlineError('CLI_USAGE', `there is no ${path}`);
  const { file, problems } = readFleetFile('agent', path, bytes);
  if (file === undefined) throw new TowlineError('CLI_USAGE', problems.map(formatProblem).join('\n'));
  return file.value;
}

async function device(id: string, options: Options, signal: AbortSignal): Promise<void> {
  const site = siteFacts(options);
  const agent = options.agent === undefined ? undefined : await agentFile(options.agent);
  if (agent !== undefined && agent.device !== id)
    throw new TowlineError('CLI_USAGE', `${options.agent} is of device ${agent.device}`);
  await using snapshot = await openSnapshot(options);
  const { state } = await desiredOf(snapshot, id, agent?.projectPrefix);
  const url = options.proxy ?? agent?.proxy;
  const facts = deviceFacts(state, {
    ...site,
    gateways: (agent?.gateways ?? []).map(({ address }) => address),
    ...(url === undefined ? {} : { proxy: parseProxy(url) }),
  });
  const title = `device ${id} of fleet ${state.fleet}, at ${snapshot.name}`;
  await tellRules({ question: { kind: 'device', facts }, title }, options, signal);
}

export function registerFirewallDevice(parent: Command, stop: Stop): void {
  const command = parent
    .command('device')
    .description(
      'Rules of a device: out to gateways alone, in to what its apps publish, apps by their `egress:`.',
    )
    .argument('<id>', 'id of the device');
  siteOptions(snapshotOptions(command))
    .option('--proxy <url>', 'HTTP proxy of the device', proxyOption)
    .option('--agent <file>', 'its agent.yaml, for its proxy, its gateways and its projectPrefix')
    .addHelpText(
      'after',
      examples([
        ['towline firewall device pump-3 --dns 10.1.0.1 --ntp 10.1.0.1', 'what `nft -f` loads there'],
        ['towline firewall device pump-3 --dns 10.1.0.1 --ntp none --output pump-3.nft', 'as a file'],
        [
          'towline firewall device pump-3 --dns 10.1.0.1 --ntp 10.1.0.1 --check',
          'on the device: is it loaded?',
        ],
      ]),
    )
    .action((id: string, options: Options) => device(id, options, stop()));
}
