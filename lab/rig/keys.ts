/** Real signing keys in a folder of their own: those of gpg and ssh-keygen, and Ed25519 keys of this process. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeSshPrivateKey, readSshPrivateKey } from '../../core/io/openssh-key.ts';
import { sshSignature } from '../../core/io/ssh/ssh-sign.ts';

const execute = promisify(execFile);

/** Something git can sign with. */
export interface Signer {
  /** `git -c` settings that make git sign with this key. */
  readonly gitConfig: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Signs in this process what git would have signed by a program. @returns the armored signature */
  readonly sign?: (payload: Uint8Array, namespace: string) => string;
}

export interface GpgKey extends Signer {
  readonly kind: 'openpgp';
  readonly fingerprint: string;
  /** Folder of the key ring. */
  readonly home: string;
  readonly userId: string;
  /** The armored public key as it is now. */
  publicKey(): Promise<string>;
  /** Runs gpg on this key ring. */
  gpg(args: readonly string[], input?: string): Promise<string>;
  remove(): Promise<void>;
}

export interface SshKey extends Signer {
  readonly kind: 'ssh';
  /** Path of the private key. */
  readonly file: string;
  /** One line of a public key file. */
  readonly publicKey: string;
  remove(): Promise<void>;
}

export interface GpgKeyOptions {
  readonly name?: string;
  /** As gpg names it: `ed25519` (default), `rsa2048`, `nistp256`, `nistp384`, … */
  readonly algorithm?: string;
  /** As gpg takes it: `0` (never, default), `1d`, an ISO date. */
  readonly expire?: string;
  /** `sign` (default), or `cert` for a primary key that needs a signing subkey. */
  readonly usage?: string;
  /** Seconds since the epoch at which gpg believes to be when it makes the key. */
  readonly madeAtSec?: number;
}

/** A key in a key ring of its own, without passphrase. */
export async function makeGpgKey(options: GpgKeyOptions = {}): Promise<GpgKey> {
  const name = options.name ?? 'signer';
  const home = await mkdtemp(join(tmpdir(), 'tl-gpg-'));
  const userId = `${name} <${name}@example.com>`;
  const environment = { GNUPGHOME: home };
  const gpg = async (args: readonly string[], input?: string): Promise<string> => {
    const running = execute('gpg', ['--batch', '--yes', '--quiet', '--no-tty', ...args], {
      env: { ...process.env, ...environment },
      maxBuffer: 16 * 1024 * 1024,
    });
    running.child.stdin?.on('error', () => undefined).end(input ?? '');
    return (await running).stdout;
  };
  await writeFile(join(home, 'gpg.conf'), 'pinentry-mode loopback\npassphrase ""\n', { mode: 0o600 });
  const clock = options.madeAtSec === undefined ? [] : ['--faked-system-time', String(options.madeAtSec)];
  const kind = [options.algorithm ?? 'ed25519', options.usage ?? 'sign', options.expire ?? '0'];
  const said = await gpg(['--status-fd', '1', ...clock, '--quick-generate-key', userId, ...kind]);
  const fingerprint = /^\[GNUPG:\] KEY_CREATED [BP] ([0-9A-F]{40})$/m.exec(said)?.[1] ?? '';
  return {
    kind: 'openpgp',
    fingerprint,
    home,
    userId,
    environment,
    gitConfig: ['gpg.format=openpgp', `user.signingkey=${fingerprint}`],
    publicKey: () => gpg(['--armor', '--export', fingerprint]),
    gpg,
    remove: async () => {
      // It is the only one that gpg started, and takes its own with it.
      await execute('gpgconf', ['--kill', 'gpg-agent'], { env: { ...process.env, ...environment } }).catch(
        () => {},
      );
      await rm(home, { recursive: true, force: true });
    },
  };
}

/**
 * @param type As `ssh-keygen -t` takes it: ssh-keygen makes the key, and each of its signatures. Without: an Ed25519 key
 *   that this process makes, and signs with wherever a rig can.
 */
export async function makeSshKey(type?: string, bits?: number): Promise<SshKey> {
  const folder = await mkdtemp(join(tmpdir(), 'tl-ssh-'));
  const file = join(folder, 'key');
  if (type === undefined) {
    const text = makeSshPrivateKey('signer');
    const key = readSshPrivateKey(text);
    await writeFile(file, text, { mode: 0o600 });
    await writeFile(`${file}.pub`, `${key.publicLine} signer\n`);
    return {
      ...(await sshKeyIn(folder)),
      sign: (payload, namespace) => `${sshSignature(key, namespace, payload)}\n`,
    };
  }
  const size = bits === undefined ? [] : ['-b', String(bits)];
  await execute('ssh-keygen', ['-q', '-t', type, ...size, '-N', '', '-C', 'signer', '-f', file]);
  return await sshKeyIn(folder);
}

/** One that `makeSshKey` made, which lies in this folder now. */
export async function sshKeyIn(folder: string): Promise<SshKey> {
  const file = join(folder, 'key');
  return {
    kind: 'ssh',
    file,
    publicKey: (await readFile(`${file}.pub`, 'utf8')).trim(),
    environment: {},
    gitConfig: ['gpg.format=ssh', `user.signingkey=${file}.pub`],
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
