/** The branch `audit` of telemetry.git: what is on it, and one signed commit more. */

import { auditRef, claimMessage, readClaim } from '../../core/audit/audit-commit.ts';
import { type ChainPlace, chainStart } from '../../core/audit/audit-entry.ts';
import { AuditLog, type LoggedPiece } from '../../core/audit/audit-log.ts';
import { fullPieceBytes, headFile, maxPieceBytes, pieceAt } from '../../core/audit/audit-piece.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { makeSignedCommit } from '../../core/io/git/commit-write.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { buildPack, makeObject, makeTrees } from '../../core/io/git/object-write.ts';
import type { SshKey } from '../../core/io/openssh-key.ts';
import { fieldsIn } from '../../core/json.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { readRef } from '../git/bare-refs.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { syncRefs, writeRef } from '../telemetry/ref-writer.ts';

export interface AuditBranchOptions {
  readonly fleet: string;
  readonly telemetryGit: string;
  readonly runner: GitRunner;
  readonly key: SshKey;
}

/** A line that waits. */
export interface WaitingLine extends ChainPlace {
  readonly line: string;
  readonly timeMs: number;
}

export interface AuditCommit {
  /** In order; the first follows the head. */
  readonly lines: readonly WaitingLine[];
  /** What the last of them tells of: kept beside the head. */
  readonly transition: number | undefined;
  /** Days that are kept, of those on which something was written. */
  readonly keepDays: number;
  readonly nowMs: number;
}

/** What stands there. */
interface State {
  readonly tip: ObjectId | undefined;
  readonly head: ChainPlace;
  /** Where it begins anew: what came before it is not kept. */
  readonly base?: ChainPlace;
  readonly transition: number | undefined;
  readonly pieces: readonly LoggedPiece[];
  /** Content of the last piece. */
  readonly last: Buffer;
}

/** So many days beyond what is kept are dropped at once: each time the branch begins anew. */
const daysAtOnce = (keepDays: number): number => Math.max(1, Math.min(30, Math.floor(keepDays / 8)));
const maxHeadBytes = 4096;

export class AuditBranch {
  readonly #options: AuditBranchOptions;
  #state: State;

  /** @throws TowlineError AUDIT_UNREADABLE where it is damaged, or somebody else has written it */
  static async open(options: AuditBranchOptions): Promise<AuditBranch> {
    try {
      return new AuditBranch(options, await readState(options));
    } catch (cause) {
      const message = `the branch audit of ${options.telemetryGit}: ${messageOf(cause)}`;
      throw new TowlineError('AUDIT_UNREADABLE', message, { cause });
    }
  }

  private constructor(options: AuditBranchOptions, state: State) {
    this.#options = options;
    this.#state = state;
  }

  /** Of the newest entry that is committed. */
  get head(): ChainPlace {
    return this.#state.head;
  }

  /** The newest commit. */
  get tip(): ObjectId | undefined {
    return this.#state.tip;
  }

  get transition(): number | undefined {
    return this.#state.transition;
  }

  /** Durable when it resolves. @throws TowlineError GATEWAY_GIT_FAILED; what the disk throws */
  async write(commit: AuditCommit, signal: AbortSignal): Promise<void> {
    const { fleet, telemetryGit, key } = this.#options;
    const newest = commit.lines.at(-1);
    if (newest === undefined) return;
    const kept = await this.#kept(commit, signal);
    const written = appended(kept, commit.lines);
    const head: ChainPlace = { seq: newest.seq, hash: newest.hash };
    const transition = commit.transition ?? this.#state.transition;
    const files = new Map<string, Uint8Array | ObjectId>(written.pieces.map(({ path, id }) => [path, id]));
    for (const [path, bytes] of written.changed) files.set(path, bytes);
    const shown = { fleet, ...head, time: new Date(commit.nowMs).toISOString(), transition };
    files.set(headFile, Buffer.from(`${canonicalJson(shown)}\n`));
    const { root, objects } = makeTrees(files);
    const begun = kept.base === undefined ? {} : { base: kept.base };
    const made = makeSignedCommit({
      ...{ tree: root, parent: kept.tip, timeMs: commit.nowMs, key },
      person: `Towline gateway <gateway@${fleet}>`,
      message: claimMessage({ fleet, head, ...begun }),
    });
    await this.#git(['unpack-objects', '-q'], buildPack([...objects, made]), signal);
    await writeRef(telemetryGit, auditRef, made.id);
    await syncRefs(telemetryGit, auditRef);
    this.#state = { ...written, tip: made.id, head, transition };
  }

  /** What stays of what is there. Days are counted, not reckoned: a clock that is a year ahead for an hour drops nothing. */
  async #kept({ keepDays }: AuditCommit, signal: AbortSignal): Promise<State> {
    const state = this.#state;
    const days = [...new Set(state.pieces.map(({ day }) => day))];
    const over = days.length - keepDays;
    if (over < daysAtOnce(keepDays)) return state;
    const gone = new Set(days.slice(0, over));
    const pieces = state.pieces.slice(state.pieces.findIndex(({ day }) => !gone.has(day)));
    const [oldest] = pieces;
    if (oldest === undefined) return state;
    const source = new GitCatFileSource(this.#options.telemetryGit);
    await using _ended = source;
    for await (const { text } of new AuditLog(source).lines([oldest], signal)) {
      const { prev } = fieldsIn(Buffer.from(text));
      if (typeof prev !== 'string') break;
      return { ...state, tip: undefined, base: { seq: oldest.firstSeq - 1, hash: prev }, pieces };
    }
    throw new TowlineError('AUDIT_MALFORMED', `${oldest.path} has no entry`);
  }

  async #git(args: readonly string[], input: Buffer, signal: AbortSignal): Promise<void> {
    const { runner, telemetryGit } = this.#options;
    const { code, stderr } = await runner.run(
      {
        ...{ lane: 'own', arguments: ['--git-dir', telemetryGit, ...args], input },
        onOutput: () => undefined,
      },
      signal,
    );
    if (code === 0) return;
    throw new TowlineError(
      'GATEWAY_GIT_FAILED',
      `git ${args[0]} ended with ${code}: ${stderr.trim().slice(0, 400)}`,
    );
  }
}

/** Lines go behind what the last piece has, as long as its day lasts and it has room. */
function appended({ pieces, last }: State, lines: readonly WaitingLine[]) {
  const all = [...pieces];
  const changed = new Map<string, Buffer>();
  let content = [last];
  let bytes = last.length;
  let isTouched = false;
  const finish = (): Buffer => {
    const whole = Buffer.concat(content);
    const piece = all.at(-1);
    if (piece !== undefined) {
      all[all.length - 1] = { ...piece, id: makeObject('blob', whole).id };
      changed.set(piece.path, whole);
    }
    return whole;
  };
  for (const { seq, line, timeMs } of lines) {
    const text = Buffer.from(`${line}\n`);
    const fresh = pieceAt(timeMs, seq);
    if (all.at(-1)?.day !== fresh.day || bytes + text.length > fullPieceBytes) {
      if (isTouched) finish();
      all.push({ ...fresh, id: '' });
      content = [];
      bytes = 0;
    }
    content.push(text);
    bytes += text.length;
    isTouched = true;
  }
  return { last: finish(), pieces: all, changed };
}

async function readState({ fleet, telemetryGit }: AuditBranchOptions): Promise<State> {
  const tip = await readRef(telemetryGit, auditRef);
  const nothing = { transition: undefined, pieces: [], last: Buffer.alloc(0) };
  if (tip === undefined) return { ...nothing, tip, head: chainStart(fleet) };
  const source = new GitCatFileSource(telemetryGit);
  await using _ended = source;
  const reader = new ObjectReader(source);
  const { head } = readClaim((await reader.commit(tip)).message);
  const pieces = await new AuditLog(source).pieces(tip);
  const newest = pieces.at(-1);
  const last = newest === undefined ? nothing.last : Buffer.from(await reader.blob(newest.id, maxPieceBytes));
  const shown = await reader.fileAt(tip, headFile, maxHeadBytes);
  const { transition } = fieldsIn(Buffer.from(shown?.bytes ?? []));
  return { tip, head, pieces, last, transition: typeof transition === 'number' ? transition : undefined };
}
