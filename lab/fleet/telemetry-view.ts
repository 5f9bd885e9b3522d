/** What devices said of themselves, as the person reads it: by stock git from the gateway's telemetry repository. */
import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Operator } from './operator.ts';

export class TelemetryView {
  readonly directory: string;
  readonly #operator: Operator;

  constructor(operator: Operator, directory: string) {
    this.#operator = operator;
    this.directory = directory;
  }

  /** The newest status of a device; undefined before its first one. */
  async status(device: string): Promise<StatusFile | undefined> {
    await this.#fetch();
    const shown = await this.#git('show', `origin/telemetry/${device}:status.yaml`);
    return shown.code === 0 ? (parse(shown.stdout) as StatusFile) : undefined;
  }

  /** Commits of a device's branch, newest first, as `git log` shows them. */
  async log(device: string, ...options: readonly string[]): Promise<string> {
    await this.#fetch();
    return (await this.#git('log', ...options, `origin/telemetry/${device}`)).stdout;
  }

  /** How many commits a device's branch has. */
  async count(device: string): Promise<number> {
    await this.#fetch();
    const { code, stdout } = await this.#git('rev-list', '--count', `origin/telemetry/${device}`);
    return code === 0 ? Number(stdout) : 0;
  }

  async #fetch(): Promise<void> {
    if (!existsSync(this.directory)) {
      await this.#operator.quietly('git', ['init', '--quiet', '--bare', this.directory], { directory: '/' });
      await this.#git('remote', 'add', 'origin', 'ssh://gateway/telemetry.git');
    }
    const fetched = await this.#git(
      'fetch',
      '--quiet',
      'origin',
      `+${telemetryRefs}*:refs/remotes/origin/telemetry/*`,
    );
    if (fetched.code !== 0) throw new Error(`git fetch of the telemetry: ${fetched.stderr}`);
  }

  #git(...args: string[]) {
    return this.#operator.quietly('git', ['--git-dir', this.directory, ...args], { directory: '/' });
  }
}
