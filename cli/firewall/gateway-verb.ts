/** `towline firewall gateway`, `towline firewall registry`. */
import type { Command } from 'commander';
import { FleetProblems, formatProblem, TowlineError } from '../../core/errors.ts';
import { namesOf, onePort } from '../../core/firewall/destination.ts';
import {
  type GatewayPurpose,
  gatewayFacts,
  gatewayPurposes,
  registryFacts,
} from '../../core/firewall/gateway-facts.ts';
import { dialledAddress } from '../../core/fleet/address.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import type { FleetFile, GatewayFile } from '../../schemas/types.generated.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { openSnapshot, type SnapshotOptions } from '../desk/repository.ts';
import { snapshotOptions } from '../desk/snapshot-options.ts';
import { rangesOf, type SiteOptions, siteFacts, siteOptions } from './site-options.ts';
import { knownAddresses, tellRules } from './tell-rules.ts';

interface GatewayOptions extends SiteOptions {
  readonly config: string;
  readonly repo?: string;
  readonly from?: readonly string[];
}

interface RegistryOptions extends SiteOptions, SnapshotOptions {
  readonly port: string;
  readonly from?: readonly string[];
}

const maxFileBytes = 64 * 1024;
const usage = (message: string): TowlineError => new TowlineError('CLI_USAGE', message);

/** @throws TowlineError GATEWAY_CONFIG_INVALID */
async function gatewayFile(path: string): Promise<GatewayFile> {
  const bytes = await readBounded(path, maxFileBytes).catch((cause: unknown) => {
    throw new TowlineError('GATEWAY_CONFIG_INVALID', `${path} cannot be read`, { cause });
  });
  if (bytes === undefined) throw new TowlineError('GATEWAY_CONFIG_INVALID', `there is no ${path}`);
  const { file, problems } = readFleetFile('gateway', path, bytes);
  if (file === undefined)
    throw new TowlineError('GATEWAY_CONFIG_INVALID', problems.map(formatProblem).join('\n'));
  return file.value;
}

async function fleetFile(options: SnapshotOptions): Promise<FleetFile> {
  await using snapshot = await openSnapshot(options);
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined) throw new FleetProblems(problems);
  return fleet.file.value;
}

/** `people=10.1.0.0/16`. @throws TowlineError CLI_USAGE */
function visitors(from: readonly string[]): Partial<Record<GatewayPurpose, readonly string[]>> {
  const ranges: Partial<Record<GatewayPurpose, readonly string[]>> = {};
  for (const text of from) {
    const [name = '', range = ''] = text.split('=', 2);
    const purpose = gatewayPurposes.find(each => each === name);
    if (purpose === undefined)
      throw usage(`--from ${text} must be one of ${gatewayPurposes.join(', ')}, =, and a range of addresses`);
    const read = range === 'any' ? ['0.0.0.0/0', '::/0'] : [range];
    rangesOf('--from', read);
    ranges[purpose] = [...(ranges[purpose] ?? []), ...read];
  }
  return ranges;
}

async function gateway(options: GatewayOptions, signal: AbortSignal): Promise<void> {
  const { config, repo, from = [] } = options;
  const site = { ...siteFacts(options), from: visitors(from) };
  const file = await gatewayFile(config);
  const fleet = repo === undefined ? undefined : await fleetFile({ repo });
  const facts = gatewayFacts(file, fleet, site);
  const title = `the gateway of fleet ${file.fleet}, as ${config} has it`;
  await tellRules({ question: { kind: 'gateway', facts }, title }, options, signal);
}

async function registry(options: RegistryOptions, signal: AbortSignal): Promise<void> {
  const { port, from = [] } = options;
  const site = siteFacts(options);
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw usage(`--port ${port} is no port`);
  const ranges = rangesOf('--from', from);
  const fleet = await fleetFile(options);
  const hosts = fleet.gateways.flatMap(({ address }) => dialledAddress(address)?.host.toLowerCase() ?? []);
  const places = hosts.map(host => ({
    purpose: 'gateway',
    host,
    ports: onePort(number),
    protocol: 'tcp' as const,
  }));
  const names = namesOf(places);
  const known = await knownAddresses(names, options, signal);
  const unknown = names.filter(name => (known.get(name) ?? []).length === 0);
  if (unknown.length > 0)
    throw new TowlineError('FIREWALL_UNRESOLVED', `no address is known of ${unknown.join(', ')}`);
  const gateways = hosts.flatMap(host => known.get(host) ?? [host]);
  const others = ranges === 'any' ? ['0.0.0.0/0', '::/0'] : ranges;
  const facts = registryFacts(gateways, { ...site, port: number, from: others });
  const title = `the registry of fleet ${fleet.name}`;
  await tellRules({ question: { kind: 'registry', facts }, title, visitors: known }, options, signal);
}

export function registerFirewallGateway(parent: Command, stop: Stop): void {
  const command = parent
    .command('gateway')
    .description('Rules of a gateway: in to what its gateway.yaml listens on, out to what it names.');
  siteOptions(command)
    .option('--config <file>', 'its gateway.yaml', '/etc/towline/gateway.yaml')
    .option('--repo <dir>', 'the fleet repository, for `tunnels.ports`')
    .option(
      '--from <port=range>',
      'who may come to devices, people, portal, internal, webhooks or tunnels, such as internal=10.1.0.5; may be repeated',
      collect,
    )
    .addHelpText(
      'after',
      examples([
        ['towline firewall gateway --dns 10.1.0.1 --ntp 10.1.0.1', 'health and metrics for nobody else'],
        ['towline firewall gateway --dns 10.1.0.1 --ntp none --from people=10.8.0.0/16', 'people by the VPN'],
      ]),
    )
    .action((options: GatewayOptions) => gateway(options, stop()));
}

export function registerFirewallRegistry(parent: Command, stop: Stop): void {
  const command = parent
    .command('registry')
    .description('Rules of a registry behind gateways: they alone come to it, and who is named.');
  siteOptions(snapshotOptions(command))
    .option('--port <port>', 'where it listens', '5000')
    .option('--from <range>', 'who else comes: where images are built; may be repeated', collect)
    .addHelpText(
      'after',
      examples([
        ['towline firewall registry --dns 10.1.0.1 --ntp 10.1.0.1 --from 10.2.0.0/24', 'gateways, CI'],
      ]),
    )
    .action((options: RegistryOptions) => registry(options, stop()));
}
