/**
 * The audit log as this clone has it: fetched into a repository beside its own, and held to the newest head that was sound when it was
 * looked at last. What is fetched is only what is new.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { auditRef, readPlace } from '../../core/audit/audit-commit.ts';
import type { AuditEntry } from '../../core/audit/audit-entry.ts';
import { defaultAuditKeep } from '../../core/audit/audit-piece.ts';
import { type AuditVerdict, type KnownHead, verifyAudit } from '../../core/audit/audit-verify.ts';
import { parseDuration } from '../../core/duration.ts';
import { FleetProblems, isTowlineError, TowlineError } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { readSshPublicKey } from '../../core/trust/signature/ssh-public-key.ts';
import { KeyRing } from '../../core/trust/signature/trust-key.ts';
import type { FleetFile } from '../../schemas/types.generated.ts';
import { makeFolder } from '../desk/folder.ts';
import { fetchRefs } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { openRepository, openSnapshot, resolveCommit } from '../desk/repository.ts';
import { telemetryPlace } from '../status/telemetry.ts';

export interface AuditPlace {
  readonly repo: string;
  readonly telemetry?: string;
}

export interface AuditLook {
  /** From `--head`. */
  readonly known?: readonly KnownHead[];
  readonly hashes?: readonly string[];
  readonly onEntry?: (entry: AuditEntry) => void;
  /** What this clone has seen counts no longer, if the log is sound without it. */
  readonly isAnew?: boolean;
}

interface Opened {
  readonly fleet: FleetFile;
  readonly commit: string;
  readonly place: string;
  /** Has the branch. */
  readonly directory: string;
  readonly seenFile: string;
}

const maxSeenBytes = 256;

export class OpenedAudit {
  readonly #opened: Opened;

  /** @throws TowlineError AUDIT_NONE, CLI_USAGE, CLI_NOT_A_REPOSITORY, CLI_GATEWAY_…; FleetProblems */
  static async open({ repo, telemetry }: AuditPlace, signal: AbortSignal): Promise<OpenedAudit> {
    const { gitDirectory } = await openRepository(repo);
    await using snapshot = await openSnapshot({ repo });
    const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
    if (fleet === undefined) throw new FleetProblems(problems);
    const place = await telemetryPlace(telemetry, repo);
    // Heads of two gateways are of two logs.
    const name = createHash('sha256').update(place).digest('hex').slice(0, 16);
    const folder = path.join(gitDirectory, 'towline');
    await makeFolder(folder);
    const directory = await haveBranch(place, path.join(folder, `audit-${name}.git`), signal);
    const seenFile = path.join(folder, `audit-${name}.head`);
    return new OpenedAudit({ fleet: fleet.file.value, commit: snapshot.commit, place, directory, seenFile });
  }

  private constructor(opened: Opened) {
    this.#opened = opened;
  }

  get fleet(): FleetFile {
    return this.#opened.fleet;
  }

  /** Of the fleet's repository: what it says counts. */
  get commit(): string {
    return this.#opened.commit;
  }

  get place(): string {
    return this.#opened.place;
  }

  get directory(): string {
    return this.#opened.directory;
  }

  get tip(): Promise<string> {
    return tipOf(this.#opened.directory);
  }

  /**
   * All of it; a log without faults is remembered up to its head.
   * @throws TowlineError AUDIT_NO_KEYS
   */
  async look(
    { known = [], hashes = [], onEntry, isAnew = false }: AuditLook,
    signal: AbortSignal,
  ): Promise<AuditVerdict> {
    const { directory, fleet } = this.#opened;
    const keys = keysOf(fleet);
    const nowMs = Date.now();
    const seen = isAnew ? undefined : await this.#seen(nowMs);
    await using source = new GitCatFileSource(directory);
    const verdict = await verifyAudit({
      ...{ source, tip: await this.tip, fleet: fleet.name, keys, hashes, signal },
      known: [...known, ...(seen === undefined ? [] : [seen])],
      ...(onEntry === undefined ? {} : { onEntry }),
    });
    const { seq, hash } = verdict.head;
    if (verdict.faultCount === 0)
      await writeDurably(this.#opened.seenFile, `${seq} ${hash}\n${new Date(nowMs).toISOString()}\n`);
    return verdict;
  }

  async #seen(nowMs: number): Promise<KnownHead | undefined> {
    const bytes = await readBounded(this.#opened.seenFile, maxSeenBytes);
    const [, line = '', time = ''] = /^(.*)\n(.*)/.exec(bytes?.toString('utf8') ?? '') ?? [];
    const place = readPlace(line);
    if (place === undefined) return undefined;
    // Twice as fast as they can be are days dropped by nobody's clock that goes wrong now and then.
    const dayMs = 86_400_000;
    const keptMs = (parseDuration(this.fleet.audit?.keep ?? defaultAuditKeep) - dayMs) / 2;
    return { ...place, from: 'this clone', isKept: nowMs - Date.parse(time) < keptMs };
  }
}

function keysOf({ audit }: FleetFile): KeyRing {
  const lines = audit?.keys ?? [];
  if (lines.length === 0) throw new TowlineError('AUDIT_NO_KEYS', 'fleet.yaml names no `audit.keys`');
  return new KeyRing(lines.map(line => ({ principal: 'gateway', key: readSshPublicKey(line) })));
}

/** @returns the repository itself where it is on this machine, else a copy of the branch */
async function haveBranch(place: string, copy: string, signal: AbortSignal): Promise<string> {
  try {
    return (await openRepository(place)).gitDirectory;
  } catch (error) {
    if (!isTowlineError(error, 'CLI_NOT_A_REPOSITORY')) throw error;
  }
  await git(['init', '--quiet', '--bare', '--object-format=sha1', '--template=', copy], {
    directory: path.dirname(copy),
  });
  const refspecs = [`+${auditRef}:${auditRef}`];
  await fetchRefs({ place, refspecs, directory: copy, otherwise: 'AUDIT_NONE' }, signal);
  return copy;
}

async function tipOf(directory: string): Promise<string> {
  try {
    return await resolveCommit({ gitDirectory: directory, workTree: undefined }, auditRef);
  } catch (cause) {
    if (!isTowlineError(cause, 'CLI_NO_SUCH_COMMIT')) throw cause;
    throw new TowlineError('AUDIT_NONE', `${directory} has no branch audit`, { cause });
  }
}
