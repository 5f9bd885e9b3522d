/** `towline login`: who one is says the provider, what one may says the repository; an SSH certificate joins both for some hours. */
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { loginNonce } from '../../core/access/certificate/login-nonce.ts';
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { printable } from '../../core/shown-text.ts';
import { remoteOptions } from '../change/options.ts';
import { RemoteMain, type RemoteOptions } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, Terminal } from '../command/terminal.ts';
import { quoted } from '../ssh/client-files.ts';
import { personSettings } from '../ssh/person-settings.ts';
import { gatewayAddress } from '../tunnel/word/gateway-word.ts';
import { GatewayDesk, type Offer } from './gateway-desk.ts';
import { fleetKey, type LoginKey, ownKey, writeCertificate } from './login-key.ts';

interface LoginOptions extends RemoteOptions {
  readonly gateway?: string;
  readonly sshKey?: string;
  readonly out?: string;
  readonly browser: boolean;
  readonly device?: boolean;
  readonly json?: boolean;
}

async function login(options: LoginOptions, signal: AbortSignal): Promise<void> {
  const main = await RemoteMain.open(options);
  const { fleet, gateways, issuers } = await verified(main, options.gateway, signal);
  const folder = path.resolve(options.out ?? path.join(homedir(), '.ssh', 'towline'));
  await using desk = new GatewayDesk(gateways);
  const offer = await desk.offer(signal);
  if (options.device === true && !offer.deviceFlow) {
    throw new TowlineError('LOGIN_NOT_OFFERED', 'the gateway offers no login by a code: it is phishable');
  }
  const key = options.sshKey === undefined ? await fleetKey(folder, fleet) : await ownKey(options.sshKey);
  const salt = randomBytes(16);
  const nonce = loginNonce(Buffer.from(key.line.split(' ')[1] ?? '', 'base64'), salt);
  const token = await tokenBy({ options, offer, issuers, nonce }, signal);
  const flow = options.device === true ? 'device' : 'browser';
  const asked = { token, key: key.line, salt: salt.toString('base64url'), flow } as const;
  const { line, operator, until } = await desk.certificate(asked, signal);
  const file = await writeCertificate(key, line);
  const terminal = standardTerminal();
  if (options.json === true) return terminal.json({ operator, until, key: key.file, certificate: file });
  const who = `${printable(operator)} until ${printable(until)}`;
  terminal.line(`${terminal.colour('green', 'logged in')} as ${who}`);
  terminal.lines(await wherefrom({ repo: options.repo, remote: main.remote, key }, signal));
}

interface Finding {
  readonly repo: string;
  readonly remote: string;
  readonly key: LoginKey;
}

/** @returns what a person has to do once for ssh and git to find it: an `IdentityFile` of one's own hides those that are found anyway */
async function wherefrom({ repo, remote, key }: Finding, signal: AbortSignal): Promise<string> {
  const address = await gatewayAddress({ repo }, remote);
  if (address === undefined) return `ssh -i ${key.file} …`;
  const { identity } = await personSettings(repo, address, signal);
  const found = identity.flatMap(([word, file]) => (word === 'IdentityFile' ? [file ?? ''] : []));
  const own = quoted(key.file);
  if (found.includes(own)) return `ssh and git find it by ${key.file}`;
  const host = address.host.replace(/^.*@/, '');
  const lines = [...found, own].map(file => `    IdentityFile ${file}`);
  return [`So that ssh and git find it, once in ~/.ssh/config:`, `  Host ${host}`, ...lines].join('\n');
}

/** What stands in the repository as it was verified: where the gateways are, by which keys they are known, who providers are. */
async function verified(main: RemoteMain, gateway: string | undefined, signal: AbortSignal) {
  await using look = await main.walk(signal);
  const { fleet, problems } = await loadFleet(look.reader(), look.trusted.commit);
  if (fleet === undefined) throw new FleetProblems(problems);
  const all = fleet.file.value.gateways.map(({ address, tlsPins, sshHostKeys = [] }) => ({
    ...{ address, tlsPins, sshHostKeys },
  }));
  const gateways = gateway === undefined ? all : all.filter(({ address }) => address === gateway);
  if (gateways.length === 0) {
    const known = all.map(({ address }) => address).join(', ');
    throw new TowlineError('CLI_USAGE', `--gateway ${gateway} is none of fleet.yaml: ${known}`);
  }
  const people = [...fleet.operators.values()];
  const issuers = new Set(people.flatMap(({ value }) => (value.oidc ?? []).map(({ iss }) => iss)));
  return { fleet: fleet.name, gateways, issuers };
}

interface Asking {
  readonly options: LoginOptions;
  readonly offer: Offer;
  readonly issuers: ReadonlySet<string>;
  readonly nonce: string;
}

async function tokenBy({ options, offer, issuers, nonce }: Asking, signal: AbortSignal): Promise<string> {
  const terminal = new Terminal(process.stderr, process.env);
  const { provider } = await import('./provider.ts');
  const asked = { config: await provider(offer, issuers), nonce };
  if (options.device === true) {
    const { deviceFlow } = await import('./device-flow.ts');
    const show = ({ address, code }: { address: string; code: string }) =>
      terminal.line(`Open ${printable(address)} in a browser, and type ${printable(code)}`);
    return await deviceFlow(asked, show, signal);
  }
  const { browserFlow, openBrowser } = await import('./browser-flow.ts');
  return await browserFlow(
    asked,
    address => {
      terminal.line(`Log in with your browser: ${printable(address)}`);
      if (options.browser) openBrowser(address);
    },
    signal,
  );
}

export function registerLogin(command: Command, stop: Stop): void {
  remoteOptions(command)
    .option(
      '--gateway <address>',
      'one of those in fleet.yaml, as it stands there (default: the first that answers)',
    )
    .option(
      '--ssh-key <file>',
      'a key of your own, also one in a security token (default: one for this fleet alone)',
    )
    .option('--out <dir>', 'where that key lies (default: ~/.ssh/towline)')
    .option('--no-browser', 'print the address, and start no browser')
    .option('--device', 'by a code that you type into a browser elsewhere, where the gateway offers it')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline login', 'then ssh as ever, for the hours that the gateway gives'],
        ['towline login --ssh-key ~/.ssh/id_ed25519_sk', 'a certificate for a key in a security token'],
      ]),
    )
    .action((options: LoginOptions) => login(options, stop()));
}
