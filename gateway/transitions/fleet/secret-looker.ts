/** Secrets that a revoked key could read, or somebody whom nobody names, and that were not made anew since. */
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Fleet } from '../../../core/fleet/fleet.ts';
import type { RepositoryFiles } from '../../../core/fleet/repository-files.ts';
import { checkSecrets } from '../../../core/fleet/secret-check.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { UnhurriedFiles } from '../../../core/io/git/unhurried-files.ts';
import type { Log } from '../../../core/log.ts';
import { maxSecretBytes } from '../../../core/secrets/document.ts';
import { boundedWords } from '../../../core/telemetry/bounded-words.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { isObjectId, type ObjectId, type ObjectSource } from '../../../core/trust/git/object-source.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../../fleet/fleet-view-holder.ts';
import type { GitRunner } from '../../git/git-runner.ts';
import type { TransitionLedger } from '../ledger.ts';
import { type Looker, levelChanges } from '../looker.ts';
import { KnownKeys } from './known-keys.ts';

export interface SecretLookerOptions {
  readonly ledger: TransitionLedger;
  readonly view: FleetViewHolder;
  readonly source: ObjectSource;
  readonly runner: GitRunner;
  readonly fleetGit: string;
  readonly clock: Clock;
  readonly log: Log;
}

const dueCodes: ReadonlySet<string> = new Set(['SECRET_READABLE_BY_REVOKED', 'SECRET_RECIPIENTS']);
/** What decided when it was looked last, also before a restart: looking through all keys of a fleet takes seconds. */
const looked = 'secrets looked';
/** Commits that are looked through for one file. */
const maxCommits = 1000;
/** Devices in one go: others have their turn in between. */
const goSize = 500;
/** Of that list, bytes. */
const maxListBytes = 1024 * 1024;

export class SecretLooker implements Looker {
  readonly name = 'secrets';
  readonly everyMs = 10_000;
  readonly #options: SecretLookerOptions;

  readonly keys = new KnownKeys();
  /** While it is the same there is nothing to look at. */
  #seen: FleetView | undefined;

  constructor(options: SecretLookerOptions) {
    this.#options = options;
  }

  async look(signal: AbortSignal): Promise<void> {
    const { view, source, ledger, clock } = this.#options;
    const { current } = view;
    const { whole: fleet, commit } = current;
    if (fleet === undefined || current === this.#seen) return;
    const reader = new UnhurriedFiles(new ObjectReader(source));
    const decides = await whatDecides(fleet, reader, commit);
    if (decides === ledger.fact(looked)) {
      this.#seen = current;
      return;
    }
    this.keys.renew();
    const history = (path: string) => this.#history(commit, path, signal);
    const date = new Date(clock.now());
    const problems = await checkSecrets({
      fleet,
      reader,
      commit,
      history,
      date,
      signal,
      readKeys: this.keys.read,
    });
    const levels = problems.flatMap(({ code, message, position }) =>
      dueCodes.has(code)
        ? [
            {
              key: { fleet: fleet.name, subject: `secret/${position.file}`, type: 'secret.due' as const },
              ...{ code, words: boundedWords(message), commit },
            },
          ]
        : [],
    );
    const transitions = levelChanges(ledger, 'secret.due', levels, clock.now());
    await ledger.note({ transitions, facts: [[looked, decides]] });
    this.#seen = current;
  }

  async *#history(commit: ObjectId, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { runner, fleetGit, source } = this.#options;
    let listed = '';
    const onOutput = (chunk: Buffer) => {
      if (listed.length < maxListBytes) listed += chunk.toString('latin1');
    };
    const args = ['log', '-m', '--raw', '--no-abbrev', '--no-renames', '--format=', `-n${maxCommits}`];
    const all = ['--git-dir', fleetGit, ...args, commit, '--', path];
    await runner.run({ lane: 'own', arguments: all, onOutput }, signal);
    const ids = new Set(listed.split('\n').flatMap(line => line.split(' ').slice(2, 4)));
    const reader = new ObjectReader(source);
    for (const id of ids)
      if (isObjectId(id) && !/^0+$/.test(id)) {
        const bytes = await reader.blob(id, maxSecretBytes).catch(() => undefined);
        if (bytes !== undefined) yield bytes;
      }
  }
}

async function whatDecides(fleet: Fleet, reader: RepositoryFiles, commit: ObjectId): Promise<string> {
  const hash = createHash('sha256');
  for await (const { path, id } of reader.list(commit, 'secrets')) hash.update(`${path} ${id}\n`);
  hash.update(JSON.stringify(fleet.policy?.value ?? null));
  const apps = [...fleet.groups.values()].map(({ value }) => value.apps);
  hash.update(JSON.stringify([fleet.file.value.apps, apps]));
  let count = 0;
  for (const [id, { value }] of fleet.devices) {
    hash.update(JSON.stringify([id, value.revoked, value.groups, value.apps, value.keys?.openpgp]));
    count += 1;
    if (count % goSize === 0) await turn();
  }
  return hash.digest('hex');
}
