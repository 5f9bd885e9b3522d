/** What `towline init` needs to know: from options, else asked on a terminal. */
import { homedir, userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { namePattern } from '../../core/fleet/paths.ts';
import { dialledOption } from '../command/address-option.ts';
import { proposedKey } from './proposed-key.ts';
import { gpgSigningKey, readSshPublicKey, type SigningKey, sshSigningKey } from './signing-key.ts';
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
  // Ctrl-D: nobody answers any more.
  const left = new Promise<undefined>(resolve => readline.once('close', () => resolve(undefined)));
  try {
    const typed = readline.question(`${question}${proposal === '' ? '' : ` [${proposal}]`}: `);
    const answer = (await Promise.race([typed, left]))?.trim();
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
 * The option, else what is typed until it can be read: a slip at a terminal is no reason to begin again. Enter alone is
 * what was proposed; where that is nothing, or is refused, asking again would go on for ever.
 */
async function answer<T>(
  ask: Ask,
  given: string | undefined,
  [question, proposal]: readonly [question: string, proposal: string],
  read: (text: string | undefined) => T | Promise<T>,
): Promise<T> {
  if (given !== undefined) return await read(given);
  for (let asked = question; ; ) {
    const typed = await ask(asked, proposal);
    if (typed === undefined) return await read(undefined);
    try {
      return await read(typed);
    } catch (error) {
      if (!isTowlineError(error) || typed === '' || typed === proposal) throw error;
      asked = `${error.message}\n${question}`;
    }
  }
}

function readGateway(text: string | undefined): string {
  if (text === undefined || text === '') throw new TowlineError('CLI_USAGE', '--gateway is missing');
  return dialledOption('--gateway')(text);
}

async function readSigningKey({ gpgKey, sshKey }: InitOptions, key: string | undefined): Promise<SigningKey> {
  if (key === undefined || key === '') {
    const how = '`ssh-keygen -t ed25519` makes one that devices can trust';
    throw new TowlineError('CLI_USAGE', `--gpg-key or --ssh-key is missing; ${how}`);
  }
  const isSsh = sshKey !== undefined || (gpgKey === undefined && key.includes('/'));
  // No shell has read what is typed at a question.
  return isSsh ? await sshSigningKey(key.replace(/^~(?=\/)/, homedir())) : await gpgSigningKey(key);
}

/**
 * @param folder the new repository's: proposes the fleet's name
 * @param proposeKey asked where no key is named
 * @throws TowlineError CLI_USAGE, CLI_SIGNING_KEY
 */
export async function collectAnswers(
  folder: string,
  options: InitOptions,
  ask: Ask,
  proposeKey: () => Promise<string> = proposedKey,
): Promise<FleetAnswers> {
  if (options.gpgKey !== undefined && options.sshKey !== undefined) {
    throw new TowlineError('CLI_USAGE', '--gpg-key and --ssh-key exclude each other');
  }
  const name = await answer(ask, options.name, ['Name of the fleet', asName(folder)], text =>
    checked('--name', text, namePattern, nameForm),
  );
  const user = asName(userInfo().username) || 'admin';
  const person = await answer(ask, options.person, ['Your name in the policy', user], text =>
    checked('--person', text ?? user, namePattern, nameForm),
  );
  const namedKey = options.gpgKey ?? options.sshKey;
  const signingKey = await answer(
    ask,
    namedKey,
    [
      'Signing key: an SSH public key file, or an OpenPGP key of gpg',
      namedKey === undefined ? await proposeKey() : '',
    ],
    text => readSigningKey(options, text),
  );
  const gateway = await answer(
    ask,
    options.gateway,
    ['Gateway, host:port of its device port', 'gateway.example.com:8443'],
    readGateway,
  );
  const operatorKey =
    options.operatorKey === undefined
      ? signingKey.kind === 'ssh'
        ? signingKey.publicKey
        : undefined
      : (await readSshPublicKey(options.operatorKey)).line;
  return {
    name,
    person,
    signingKey,
    operatorKey,
    gateway,
    gatewayPins: options.gatewayPin ?? [],
    gatewayHostKeys: options.gatewayHostKey ?? [],
    registry: options.registry,
  };
}
