/** What the gateway says of tunnels, asked over the person's own ssh. */
import { TowlineError } from '../../../core/errors.ts';
import { gatewaySession, type SshAddress, sshAddress, sshCommand } from '../../desk/gateway-session.ts';
import { git } from '../../desk/git.ts';
import { remembered } from '../../desk/remembered.ts';
import { parseTunnelWord, type TunnelWord } from './tunnel-word.ts';

export interface GatewayOptions {
  readonly repo: string;
  readonly gateway?: string;
  readonly telemetry?: string;
}

/**
 * Its SSH port: as it was named, else that of telemetry, which only a gateway has, else that of the remote where it is one.
 * @returns undefined: nobody here knows
 * @throws TowlineError CLI_USAGE
 */
export async function gatewayAddress(
  { repo, gateway, telemetry }: GatewayOptions,
  remote: string,
): Promise<SshAddress | undefined> {
  if (gateway !== undefined) {
    const address = sshAddress(/^ssh:\/\/[^/]+$/.test(gateway) ? `${gateway}/` : gateway);
    if (address === undefined)
      throw new TowlineError('CLI_USAGE', `--gateway ${gateway} is not of the form ssh://host:port`);
    return address;
  }
  const place = telemetry ?? (await remembered(repo, 'telemetry'));
  const ofTelemetry = place === undefined ? undefined : sshAddress(place);
  if (ofTelemetry !== undefined) return ofTelemetry;
  const url = await git(['remote', 'get-url', '--', remote], { directory: repo }).catch(() => remote);
  return /[/:]fleet\.git\/?$/.test(url) ? sshAddress(url) : undefined;
}

/** @throws TowlineError CLI_USAGE */
export function assertGateway(address: SshAddress | undefined): SshAddress {
  if (address !== undefined) return address;
  throw new TowlineError(
    'CLI_USAGE',
    'where is the gateway? --gateway ssh://HOST:PORT, or once: git config towline.telemetry URL',
  );
}

/** Why the gateway cannot be asked. `older`: it knows no such question. */
export type Unasked = { readonly why: string; readonly older: boolean };

export interface Question {
  readonly repo: string;
  readonly address: SshAddress;
  /** Ids, checked; none: all that are open or here. */
  readonly devices: readonly string[];
}

/** Goes on until it is aborted, or the session ends. @returns why it ended, if it was not aborted */
export async function followTunnels(
  question: Question,
  heard: (word: TunnelWord) => void,
  signal: AbortSignal,
): Promise<Unasked | undefined> {
  return await ask({ ...question, follow: true }, heard, signal);
}

/** @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED; the signal's reason */
export async function askTunnels(question: Question, signal: AbortSignal): Promise<readonly TunnelWord[]> {
  const words: TunnelWord[] = [];
  const unasked = await ask({ ...question, follow: false }, word => words.push(word), signal);
  signal.throwIfAborted();
  if (unasked === undefined) return words;
  const code =
    unasked.older || refusedSigns.test(unasked.why) ? 'CLI_GATEWAY_REFUSED' : 'CLI_GATEWAY_UNREACHABLE';
  throw new TowlineError(code, `${question.address.host}: ${unasked.why}`);
}

const refusedSigns = /Permission denied|Host key verification failed|IDENTIFICATION HAS CHANGED/;

async function ask(
  { repo, address, devices, follow }: Question & { readonly follow: boolean },
  heard: (word: TunnelWord) => void,
  signal: AbortSignal,
): Promise<Unasked | undefined> {
  const run = ['towline-tunnels', ...(follow ? ['-f'] : []), ...devices].join(' ');
  const onLine = (line: string) => {
    const word = parseTunnelWord(line);
    if (word !== undefined) heard(word);
  };
  const command = await sshCommand(repo);
  const { code, complaint } = await gatewaySession({ address, command, run, onLine }, signal);
  if (signal.aborted || (code === 0 && !follow)) return undefined;
  return { why: complaint || 'the connection ended', older: /^towline: /m.test(complaint) };
}
