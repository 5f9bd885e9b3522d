/** Verify: candidate → newest trusted commit, remembered durably before anything acts on it. */

import { TowlineError } from '../../core/errors.ts';
import type { CheckedFile } from '../../core/io/file/checked-file.ts';
import { isDiskFull } from '../../core/io/file/disk-full.ts';
import type { HolderFile } from '../../core/io/file/holder-file.ts';
import type { Log } from '../../core/log.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { isSameState, type TrustedState } from '../../core/trust/line/trusted-state.ts';
import type { SidewaysMemory } from '../../core/trust/sideways-memory.ts';
import type { WalkStop } from '../../core/trust/step/step-types.ts';
import { openAnchor, walk } from '../../core/trust/walk.ts';

export interface VerifierOptions {
  /** First trusted commit, from agent.yaml. */
  readonly anchor: ObjectId;
  readonly fleet: string;
  readonly file: CheckedFile<TrustedState>;
  readonly holders: HolderFile;
  /** The version before this one may come back, and could not read what this one came to trust. Absent: never. */
  readonly stays?: () => boolean;
}

export interface Verdict {
  /** What was walked to. */
  readonly head: ObjectId;
  readonly trusted: TrustedState;
  /** Steps that were accepted in this pass, count. */
  readonly accepted: number;
  readonly stopped: WalkStop | undefined;
}

export class Verifier {
  readonly #options: VerifierOptions;
  #trusted: TrustedState | undefined;
  #loaded = false;
  readonly #sideways: SidewaysMemory = { marks: [] };

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** The trusted commit as it is remembered; the anchor before the first walk. */
  async commit(log: Pick<Log, 'info' | 'error'>): Promise<ObjectId> {
    return (await this.#load(log))?.commit ?? this.#options.anchor;
  }

  /**
   * Walks from the trusted commit towards `head`, batch by batch. Each batch is durable before the next begins.
   * @throws TowlineError TRUST_OBJECT_… and GIT_STORE when objects cannot be read, AGENT_CONFIG when the anchor is
   *   another fleet's; the signal's reason when aborted
   */
  async verify(
    objects: ObjectSource,
    head: ObjectId,
    log: Pick<Log, 'info' | 'error'>,
    signal: AbortSignal,
  ): Promise<Verdict> {
    let trusted = (await this.#load(log)) ?? (await this.#openAnchor(objects));
    let accepted = 0;
    if (this.#options.stays?.() === true) return { head, trusted, accepted, stopped: undefined };
    for (;;) {
      const reader = new ObjectReader(objects);
      const kept = { sideways: this.#sideways, holders: this.#options.holders.index };
      const result = await walk({ reader, trusted, head, signal, ...kept });
      try {
        if (!isSameState(result.trusted, trusted)) await this.#remember(result.trusted);
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        // What is trusted already is enough to keep running what runs.
        const message = `there is no room to note that ${result.trusted.commit} is trusted`;
        const commit = result.trusted.commit;
        return {
          head,
          trusted,
          accepted,
          stopped: { code: 'AGENT_DISK_FULL', commit, message, vouched: [], missing: [] },
        };
      }
      if (result.aside !== undefined) {
        const facts = { before: trusted.commit, commit: result.aside };
        log.info(facts, 'main has what is trusted under another id: on from there');
      }
      await this.#options.holders.save();
      trusted = result.trusted;
      accepted += result.accepted.length;
      for (const step of result.accepted)
        log.info({ commit: step.commit, vouched: step.vouched }, 'commit accepted');
      if (result.stopped !== undefined || result.more === undefined || result.accepted.length === 0) {
        return { head, trusted, accepted, stopped: result.stopped };
      }
    }
  }

  async #openAnchor(objects: ObjectSource): Promise<TrustedState> {
    const { anchor, fleet } = this.#options;
    const trusted = await openAnchor(new ObjectReader(objects), anchor);
    if (trusted.fleet !== fleet) {
      const message = `the anchor ${anchor} is of fleet ${trusted.fleet}, agent.yaml says ${fleet}`;
      throw new TowlineError('AGENT_CONFIG', message);
    }
    await this.#remember(trusted);
    return trusted;
  }

  async #load(log: Pick<Log, 'info' | 'error'>): Promise<TrustedState | undefined> {
    if (this.#loaded) return this.#trusted;
    const found = await this.#options.file.read();
    if (found.kind === 'garbage') {
      log.error(
        { code: 'AGENT_STATE_GARBAGE', anchor: this.#options.anchor },
        'both copies of the trusted commit are damaged, walking from the anchor again',
      );
    } else if (found.kind === 'value') {
      if (found.mended) {
        log.error(
          { code: 'AGENT_STATE_GARBAGE' },
          'one copy of the trusted commit is damaged, the other one is used',
        );
        await this.#options.file.write(found.value);
      }
      this.#trusted = found.value;
    }
    this.#loaded = true;
    return this.#trusted;
  }

  async #remember(trusted: TrustedState): Promise<void> {
    await this.#options.file.write(trusted);
    this.#trusted = trusted;
  }
}
