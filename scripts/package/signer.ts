/** Signs what is published, by gpg with a key of the person who publishes: it stays in their keyring, on their token, in their agent. */
import { spawnSync } from 'node:child_process';
import { requireCommands } from '../../lab/machine/packages.ts';

export class Signer {
  readonly #key: string;

  /** @param key as gpg takes it: better a fingerprint than an address. GNUPGHOME is the environment's */
  constructor(key: string) {
    requireCommands(['gpg']);
    this.#key = key;
    // Before anything is built: what takes minutes must not end with this.
    if (this.publicKey() === '') throw new Error(`gpg has no key ${key}`);
  }

  #run(...words: readonly string[]): string {
    const all = [
      '--batch',
      '--yes',
      '--armor',
      '--local-user',
      this.#key,
      '--digest-algo',
      'SHA512',
      ...words,
    ];
    const { status, stdout, stderr, error } = spawnSync('gpg', all, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`gpg: ${error?.message ?? stderr.trim()}`);
    return stdout;
  }

  publicKey(): string {
    return this.#run('--export', this.#key);
  }

  clearSign(file: string, output: string): void {
    this.#run('--output', output, '--clear-sign', file);
  }

  detachedSignature(file: string, output: string): void {
    this.#run('--output', output, '--detach-sign', file);
  }
}
