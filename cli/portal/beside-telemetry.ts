/** What else lies in telemetry.git, beside the branches of devices: the audit log, and devices that wait for a person. */
import path from 'node:path';
import { auditRef } from '../../core/audit/audit-commit.ts';
import type { SignedStatement } from '../../core/enrolment/statement.ts';
import { isTowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { LastingObjectSource } from '../../core/io/git/lasting-object-source.ts';
import type { Log } from '../../core/log.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { AuditSource } from '../../portal/home/home.ts';
import { fetchRefs, refsIn } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { statementsAt } from '../device/statements.ts';

export interface BesideTelemetryOptions {
  /** Folder of the clone that the program keeps things in. */
  readonly folder: string;
  /** Where telemetry is fetched from, or lies. */
  readonly place: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
}

const enrolmentRefs = 'refs/heads/enrolment/';
/** Asked again after this, milliseconds. */
const freshMs = 20_000;
/** Of devices that wait. */
const mostShown = 200;

export class BesideTelemetry implements AuditSource, AsyncDisposable {
  readonly objects: LastingObjectSource;
  readonly #options: BesideTelemetryOptions;
  readonly #directory: string;
  #fetched: { readonly done: Promise<void>; readonly atMs: number } | undefined;

  constructor(options: BesideTelemetryOptions) {
    this.#options = options;
    this.#directory = path.join(options.folder, 'portal.git');
    this.objects = new LastingObjectSource(this.#directory);
  }

  async tip(signal: AbortSignal): Promise<ObjectId | undefined> {
    return (await this.#refs(auditRef, signal)).get(auditRef);
  }

  async enrolments(signal: AbortSignal): Promise<ReadonlyMap<string, readonly SignedStatement[]>> {
    const found = new Map<string, readonly SignedStatement[]>();
    for (const [ref, tip] of [...(await this.#refs(enrolmentRefs, signal))].slice(0, mostShown)) {
      const statements = await statementsAt(this.#directory, tip).catch((error: unknown) => {
        if (!isTowlineError(error)) throw error;
        this.#options.log.debug({ err: error, ref }, 'a statement cannot be read');
        return [];
      });
      found.set(ref.slice(enrolmentRefs.length), statements);
    }
    return found;
  }

  async #refs(pattern: string, signal: AbortSignal): Promise<ReadonlyMap<string, ObjectId>> {
    await this.#fresh(signal);
    const form = '--format=%(objectname)%09%(refname)';
    return refsIn(await git(['for-each-ref', form, pattern], { directory: this.#directory, signal }));
  }

  /** Without a network what came last is good enough. */
  async #fresh(signal: AbortSignal): Promise<void> {
    const now = this.#options.clock.monotonic();
    if (this.#fetched === undefined || now - this.#fetched.atMs > freshMs)
      this.#fetched = { done: this.#fetch(signal), atMs: now };
    await this.#fetched.done.catch((error: unknown) => {
      signal.throwIfAborted();
      this.#options.log.debug({ err: error }, 'the audit log cannot be fetched');
    });
  }

  async #fetch(signal: AbortSignal): Promise<void> {
    const { place } = this.#options;
    const directory = this.#directory;
    await git(['init', '--quiet', '--bare', '--object-format=sha1', directory], {
      directory: this.#options.folder,
      signal,
    });
    const refspecs = [`+${enrolmentRefs}*:${enrolmentRefs}*`, `+${auditRef}*:${auditRef}*`];
    await fetchRefs({ place, refspecs, directory }, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.objects[Symbol.asyncDispose]();
  }
}
