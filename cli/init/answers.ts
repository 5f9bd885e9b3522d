/** What `towline init` needs to know: from options, else asked on a terminal. */
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { TowlineError } from '../../core/errors.ts';
import { namePattern } from '../../core/fleet/paths.ts';
import { gpgSigningKey, readSshPublicKey, sshSigningKey } from './signing-key.ts';
import type { FleetAnswers } from './template.ts';

export interface InitOptions {
  readonly name?: string;
  readonly person?: string;
  readonly gpgKey?: string;
  readonly sshKey?: string;
  readonly operatorKey?: string;
  readonly gateway?: string;
  readonly gatewayPin?: readonly string[];
  readonly gatewayHostKey?: readonly string[];
  readonly registry?: string;
}

/** Asks a question; undefined where nobody can be asked. */
export type Ask = (question: string, proposal: string) => Promise<string | undefined>;

/** Asks on the terminal that the process has; nobody is asked when there is none. */
export const askTerminal: Ask = async (question, proposal) => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const readline = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (
      await readline.question(`${question}${proposal === '' ? '' : ` [${proposal}]`}: `)
    ).trim();
    return answer === '' ? proposal : answer;
  } finally {
    readline.close();
  }
};

function checked(what: string, value: string | undefined, pattern: RegExp, form: string): string {
  if (value === undefined || value === '') throw new TowlineError('CLI_USAGE', `${what} is missing`);
  if (!pattern.test(value)) throw new TowlineError('CLI_USAGE', `${what} "${value}" must be ${form}`);
  return value;
}

const nameForm = 'lower-case letters, digits and dashes';
const asName = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);

/**
 * @param folder the new repository's: proposes the fleet's name
 * @throws TowlineError CLI_USAGE, CLI_SIGNING_KEY
 */
export async function collectAnswers(folder: string, options: InitOptions, ask: Ask): Promise<FleetAnswers> {
  if (options.gpgKey !== undefined && options.sshKey !== undefined) {
    throw new TowlineError('CLI_USAGE', '--gpg-key and --ssh-key exclude each other');
  }
  const name = options.name ?? (await ask('Name of the fleet', asName(folder)));
  const fleet = checked('--name', name, namePattern, nameForm);
  const user = asName(userInfo().username) || 'admin';
  const person = checked(
    '--person',
    options.person ?? (await ask('Your name in the policy', user)) ?? user,
    namePattern,
    nameForm,
  );
  const key =
    options.gpgKey ??
    options.sshKey ??
    (await ask('Signing key: an SSH public key file, or an OpenPGP key of gpg', ''));
  if (key === undefined || key === '')
    throw new TowlineError('CLI_USAGE', '--gpg-key or --ssh-key is missing');
  const isSsh = options.sshKey !== undefined || (options.gpgKey === undefined && key.includes('/'));
  const signingKey = isSsh ? await sshSigningKey(key) : await gpgSigningKey(key);
  const gateway =
    options.gateway ?? (await ask('Gateway, host:port of its device port', 'gateway.example.com:8443'));
  const operatorKey =
    options.operatorKey === undefined
      ? signingKey.kind === 'ssh'
        ? signingKey.publicKey
        : undefined
      : (await readSshPublicKey(options.operatorKey)).line;
  return {
    name: fleet,
    person,
    signingKey,
    operatorKey,
    gateway: checked('--gateway', gateway, /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}$/, 'host:port'),
    gatewayPins: options.gatewayPin ?? [],
    gatewayHostKeys: options.gatewayHostKey ?? [],
    registry: options.registry,
  };
}
