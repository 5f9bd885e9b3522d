/** The newest statement that main is still what it was: of the clone, or of the remote that it was cloned from. */
import { isTowlineError } from '../../core/errors.ts';
import { isObjectId, type ObjectId } from '../../core/trust/git/object-source.ts';
import { showTime } from '../../core/trust/signature/evidence.ts';
import { type Timestamp, timestampRef, verifyTimestamp } from '../../core/trust/timestamp.ts';
import { git } from '../desk/git.ts';
import type { TrustWalk } from '../trust/walk.ts';

export interface Statement {
  readonly id: ObjectId | undefined;
  /** For a person: what it says, or why there is none. */
  readonly note: string;
}

const timeoutMs = 30_000;

/** What origin has; undefined where there is no origin, or it has none. @throws TowlineError CLI_GIT */
async function atOrigin(directory: string, signal: AbortSignal): Promise<ObjectId | undefined> {
  const place = await git(['config', 'remote.origin.url'], { directory }).catch(() => '');
  if (place === '') return undefined;
  const options = { directory, signal, timeoutMs, interactive: true };
  const [id = ''] = (await git(['ls-remote', '--quiet', 'origin', timestampRef], options)).split('\t');
  if (!isObjectId(id)) return undefined;
  // Into the objects alone: which refs a clone keeps is not for this verb to say.
  await git(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', 'origin', timestampRef], options);
  return id;
}

async function atClone(directory: string): Promise<ObjectId | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', timestampRef];
  const id = await git(args, { directory }).catch(() => '');
  return isObjectId(id) ? id : undefined;
}

interface Judged {
  readonly id: ObjectId;
  readonly says?: Timestamp;
  readonly refusal?: string;
}

async function judged({ reader, trusted, policies }: TrustWalk, id: ObjectId): Promise<Judged> {
  try {
    return { id, says: await verifyTimestamp({ reader: reader(), trusted, id, policies }) };
  } catch (error) {
    if (!isTowlineError(error, 'TRUST_TIMESTAMP')) throw error;
    return { id, refusal: error.message };
  }
}

/** One that the policy at the walk's end does not accept is left out: no device would take it. */
export async function newestStatement(walk: TrustWalk, signal: AbortSignal): Promise<Statement> {
  const directory = walk.repository.gitDirectory;
  let trouble = '';
  const remote = await atOrigin(directory, signal).catch((error: unknown) => {
    if (!isTowlineError(error, 'CLI_GIT')) throw error;
    trouble = `; origin could not be asked (${error.message})`;
    return undefined;
  });
  const ids = [...new Set([await atClone(directory), remote])].filter(id => id !== undefined);
  const all = await Promise.all(ids.map(id => judged(walk, id)));
  const [newest] = all
    .flatMap(({ id, says }) => (says === undefined ? [] : [{ id, says }]))
    .sort((left, right) => right.says.timeSec - left.says.timeSec);
  if (newest === undefined) {
    const why = all[0]?.refusal ?? `${timestampRef} is not there`;
    return { id: undefined, note: `no statement of freshness is in it: ${why}${trouble}` };
  }
  const behind = newest.says.head === walk.trusted.commit ? '' : `, of ${newest.says.head.slice(0, 12)}`;
  return {
    id: newest.id,
    note: `the newest statement is of ${showTime(newest.says.timeSec)}${behind}${trouble}`,
  };
}
