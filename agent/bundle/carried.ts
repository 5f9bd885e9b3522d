/**
 * A bundle that was imported, in the passes of the agent: its commits are fetched before a gateway is asked, once, and walked as
 * any others; its images are there until the device has them. Nothing of it is trusted for where it came from.
 */
import type { DesiredState } from '../../core/desired/state.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { namedIfDiskFull } from '../../core/io/file/disk-full.ts';
import type { Log } from '../../core/log.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { version } from '../../core/version.ts';
import type { Candidate, Source } from '../source/source.ts';
import type { Verdict } from '../verify/verify.ts';
import { BundleAtHand } from './at-hand.ts';
import { type Begun, type CarriedFacts, CarriedMemory } from './carried-memory.ts';
import { gitDialler } from './git-dialler.ts';
import type { ImportedBundle } from './import-folder.ts';
import { newestTimestamp, type StatedAt } from './newest-timestamp.ts';
import { unreleased } from './released-images.ts';
import { isOlder } from './usable.ts';

export interface CarriedOptions {
  readonly stateDirectory: string;
  readonly fleet: string;
  readonly source: Pick<Source, 'fetch' | 'known' | 'objects' | 'putBack'>;
}

interface PassOf {
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly signal: AbortSignal;
}

/** Fetched in this pass, and not walked to yet. */
interface Brought {
  readonly bundle: ImportedBundle;
  readonly before: Begun['known'];
  /** Undefined: nothing was taken from it, for what is trusted is newer. */
  readonly candidate: Candidate | undefined;
}

/** The bundle's main is none that continues what this device trusts. */
const forks = new Set(['TRUST_NOT_A_DESCENDANT', 'TRUST_OFF_THE_LINE']);

export class Carried {
  readonly atHand: BundleAtHand;
  readonly #options: CarriedOptions;
  readonly #memory: CarriedMemory;
  #brought: Brought | undefined;
  #timestamp: ObjectId | undefined;
  /** Of each pass: there may be one beside another. */
  readonly #found = new WeakMap<PassOf, Pick<CarriedFacts, 'came' | 'error'>>();

  constructor(options: CarriedOptions) {
    this.#options = options;
    this.atHand = new BundleAtHand(options.stateDirectory);
    this.#memory = new CarriedMemory(options.stateDirectory);
  }

  factsOf(pass: PassOf): CarriedFacts {
    const { byBundle, refused } = this.#memory.state;
    return {
      ...this.#found.get(pass),
      ...(byBundle === undefined ? {} : { byBundle }),
      ...(refused === undefined ? {} : { refused }),
    };
  }

  /** From the bundle while its commits were not walked to, else from the gateway. @throws what `gateway` throws */
  async fetch(trusted: ObjectId, pass: PassOf, gateway: () => Promise<Candidate>): Promise<Candidate> {
    this.#brought = undefined;
    this.#timestamp = undefined;
    const bundle = await this.#look(pass);
    if (bundle !== undefined && bundle.name !== (await this.#memory.read()).judged) {
      try {
        return await this.#bring(bundle, trusted, pass);
      } catch (error) {
        pass.signal.throwIfAborted();
        const named = namedIfDiskFull(error);
        if (!isTowlineError(named)) throw named;
        if (named.code === 'AGENT_DISK_FULL') return await this.#later(named, pass, gateway);
        await this.#refuse(bundle, named, pass);
      }
    }
    const candidate = await gateway();
    const { byBundle, refused, begun, ...rest } = await this.#memory.read();
    if (
      byBundle !== undefined ||
      begun !== undefined ||
      (refused !== undefined && this.#found.get(pass)?.error === undefined)
    )
      await this.#memory.write(rest);
    return candidate;
  }

  /** The bundle waits for room. The gateway may say meanwhile that somebody is to be let in. */
  async #later(error: TowlineError, pass: PassOf, gateway: () => Promise<Candidate>): Promise<Candidate> {
    const { code, message } = error;
    this.#found.set(pass, { error });
    pass.log.warn({ code, error: message }, 'the bundle waits for room on the disk');
    return await gateway();
  }

  /** What came of the walk to it. May refuse it: then what was known before is known again. */
  async judge({ stopped, trusted }: Verdict, pass: PassOf): Promise<void> {
    const brought = this.#brought;
    if (brought === undefined) return;
    this.#brought = undefined;
    const { bundle, before, candidate } = brought;
    const { contents } = bundle;
    if (stopped !== undefined && candidate !== undefined && forks.has(stopped.code)) {
      if (before !== undefined) await this.#options.source.putBack(before);
      const message = `main of the bundle does not continue what this device trusts: ${stopped.message}`;
      return await this.#refuse(bundle, new TowlineError('BUNDLE_FORK', message), pass);
    }
    await using objects = this.#options.source.objects();
    const reader = new ObjectReader(objects);
    const newest = await newestTimestamp(reader, trusted, [before?.timestamp, candidate?.timestamp]);
    if (newest !== undefined && candidate !== undefined && newest.id !== candidate.timestamp) {
      // A bundle may be older than what a gateway has said.
      this.#timestamp = newest.id;
      await this.#options.source.putBack({ ...candidate, timestamp: newest.id });
    }
    const isThere = trusted.commit === contents.commit;
    const [extra] = isThere ? await unreleased(reader, trusted.commit, contents.images) : [];
    if (extra !== undefined) {
      const message = `no release at ${trusted.commit} pins ${extra.image} (${extra.digest})`;
      return await this.#refuse(bundle, new TowlineError('BUNDLE_IMAGE_UNPINNED', message), pass);
    }
    await this.#note(brought, trusted.commit, newest);
  }

  /** Only what brought something new is what this device was fed by: an old bundle widens nothing. */
  async #note(
    { bundle, candidate }: Brought,
    trusted: ObjectId,
    newest: StatedAt | undefined,
  ): Promise<void> {
    const { begun, byBundle } = await this.#memory.read();
    const isNews =
      begun?.trusted !== trusted || (newest !== undefined && begun.known?.timestamp !== newest.id);
    const stated = newest === undefined ? {} : { timeSec: newest.timeSec };
    const { name, contents } = bundle;
    const now = candidate !== undefined && isNews ? { created: contents.created, ...stated } : byBundle;
    await this.#memory.write({ judged: name, ...(now === undefined ? {} : { byBundle: now }) });
  }

  /** What refs/towline/timestamp is to point to: of a bundle that is older than that the newer one counts. */
  timestampOf({ timestamp }: Candidate): ObjectId | undefined {
    return this.#timestamp ?? timestamp;
  }

  /**
   * The bundle goes where it can bring nothing any more.
   * @param names of images on the engine, by their ids
   */
  async end(
    desired: DesiredState,
    names: () => Promise<ReadonlyMap<string, string>>,
    { log }: Pick<PassOf, 'log'>,
  ): Promise<void> {
    const { atHand } = this;
    const { bundle } = atHand;
    if (bundle === undefined || (await this.#memory.read()).judged !== bundle.name) return;
    if (atHand.bringsAgent(desired, version) || atHand.missing(desired, await names()).length > 0) return;
    await atHand.remove(bundle.name);
    log.info({ created: bundle.contents.created }, 'all of the bundle is here: it is removed');
  }

  async #look(pass: PassOf): Promise<ImportedBundle | undefined> {
    const error = await this.atHand.look();
    if (error !== undefined) {
      this.#found.set(pass, { error });
      pass.log.warn({ code: error.code, error: error.message }, 'the bundle cannot be read, and is removed');
    }
    const { refused } = await this.#memory.read();
    if (refused !== undefined && refused.name === this.atHand.bundle?.name)
      await this.atHand.remove(refused.name);
    return this.atHand.bundle;
  }

  async #bring(bundle: ImportedBundle, trusted: ObjectId, pass: PassOf): Promise<Candidate> {
    const { git, contents, name } = bundle;
    const { log, signal } = pass;
    const { source, fleet } = this.#options;
    const before = await source.known(log);
    const kept = (await this.#memory.read()).begun;
    const begun = kept?.name === name ? kept : await this.#begin(name, trusted, before);
    const store = before === undefined ? undefined : source;
    const older = await isOlder(bundle, { fleet, trusted, store }, signal);
    this.#found.set(pass, { came: contents.created });
    if (older && before !== undefined) {
      log.info({ commit: contents.commit }, 'what is trusted is newer than the bundle');
      this.#brought = { bundle, before: begun.known, candidate: undefined };
      return before;
    }
    const isWhole = git.prerequisites.length === 0;
    const candidate = await source.fetch(trusted, log, signal, { dialler: gitDialler(bundle), isWhole });
    this.#brought = { bundle, before: begun.known, candidate };
    return candidate;
  }

  async #begin(name: string, trusted: ObjectId, before: Candidate | undefined): Promise<Begun> {
    const { head, timestamp } = before ?? {};
    const now = { trusted, ...(head === undefined ? {} : { known: { head, timestamp } }) };
    // One that was begun, and imported anew before it was judged.
    const begun = { ...now, ...(await this.#memory.read()).begun, name };
    await this.#memory.write({ ...this.#memory.state, begun });
    return begun;
  }

  async #refuse({ name, contents }: ImportedBundle, error: TowlineError, pass: PassOf): Promise<void> {
    const { code, message } = error;
    pass.log.warn({ code, error: message, created: contents.created }, 'the bundle is refused, and removed');
    this.#found.set(pass, { error });
    const { byBundle } = await this.#memory.read();
    const kept = byBundle === undefined ? {} : { byBundle };
    await this.#memory.write({ ...kept, refused: { name, code, message } });
    await this.atHand.remove(name);
  }
}
