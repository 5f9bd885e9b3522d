/** cosign as Debian has it: 2.5 of trixie, with its older scheme of a tag; 3 of sid, which makes bundles. Nothing is installed. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { suiteProgram } from './suite-program.ts';

/** Whose cosign it is. */
export type CosignSuite = keyof typeof offline;

const execute = promisify(execFile);
const timeoutMs = 120_000;
/** No log that everybody can read is asked, which our tests could not reach. */
const offline = {
  trixie: ['--tlog-upload=false'],
  sid: ['--use-signing-config=false', '--tlog-upload=false'],
} as const;

export interface CosignKey {
  /** `NAME.key`, as cosign takes it. */
  readonly file: string;
  /** `NAME.pub` */
  readonly publicFile: string;
}

/** A folder with keys, and the programs that sign with them. */
export class Cosign {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'towline-cosign-'));

  program(suite: CosignSuite): string {
    return suiteProgram(suite, 'cosign', 'usr/bin/cosign');
  }

  async run(suite: CosignSuite, args: readonly string[], password = ''): Promise<void> {
    await execute(this.program(suite), args, {
      cwd: this.folder,
      timeout: timeoutMs,
      env: { PATH: process.env.PATH, HOME: this.folder, COSIGN_PASSWORD: password },
    });
  }

  async makeKey(name: string): Promise<CosignKey> {
    await this.run('trixie', ['generate-key-pair', '--output-key-prefix', name]);
    const file = path.join(this.folder, name);
    return { file: `${file}.key`, publicFile: `${file}.pub` };
  }

  /** Signs at the registry. @param image `repository@sha256:…` */
  async sign(
    suite: CosignSuite,
    key: Pick<CosignKey, 'file'>,
    image: string,
    { more = [], password = '' }: { more?: readonly string[]; password?: string } = {},
  ): Promise<void> {
    const args = [
      'sign',
      '-y',
      '--key',
      key.file,
      '--allow-http-registry',
      ...offline[suite],
      ...more,
      image,
    ];
    await this.run(suite, args, password);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
