/** One step of a rollout as a signed commit on main: made in memory, judged as devices judge it, pushed as people push. */

import { TowlineError } from '../../core/errors.ts';
import { maxYamlBytes } from '../../core/fleet/limits.ts';
import { makeSignedCommit } from '../../core/io/git/commit-write.ts';
import { buildPack, type MadeObject } from '../../core/io/git/object-write.ts';
import { encodePacket, flushPacket } from '../../core/io/git/pkt-line.ts';
import { replacedFile } from '../../core/io/git/replaced-file.ts';
import { pushRefusal } from '../../core/io/git/report-status.ts';
import type { SshKey } from '../../core/io/openssh-key.ts';
import { editedRollout, type RolloutEdit } from '../../core/rollout/edited.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import { intentTrailer } from '../../core/trust/step/intent.ts';
import { type TrustedState, walk } from '../../core/trust/walk.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { mainRef } from '../git/served-refs.ts';
import { receiveSettings } from '../people/people-git.ts';

export interface StepOptions {
  /** Of fleet.git. */
  readonly source: ObjectSource;
  /** Main's head: the commit goes on top of it. */
  readonly trusted: TrustedState;
  readonly path: string;
  readonly edit: RolloutEdit;
  readonly message: string;
  readonly key: SshKey;
  readonly nowMs: number;
}

export interface MadeStep {
  readonly commit: ObjectId;
  readonly objects: readonly MadeObject[];
}

/** @throws TowlineError ROLLOUT_BOT_REFUSED where devices would not take it; FLEET_SCHEMA, FLEET_FILE_MISSING */
export async function makeStep(options: StepOptions, signal: AbortSignal): Promise<MadeStep> {
  const { source, trusted, path, edit, nowMs, key } = options;
  const reader = new ObjectReader(source);
  const file = await reader.fileAt(trusted.commit, path, maxYamlBytes);
  const text = Buffer.from(file?.bytes ?? []).toString('utf8');
  const bytes = Buffer.from(editedRollout(path, text, edit));
  const trees = await replacedFile({ reader, commit: trusted.commit, path, bytes });
  const commit = makeSignedCommit({
    ...{ tree: trees.at(-1)?.id ?? '', parent: trusted.commit, timeMs: nowMs, key },
    person: `rollout-bot <rollout-bot@${trusted.fleet}>`,
    message: `${options.message}\n\n${intentTrailer(trusted.fleet)}`,
  });
  const made = { commit: commit.id, objects: [...trees, commit] };
  const { stopped } = await walk({
    ...{ reader: new ObjectReader(over(source, made.objects)), trusted, head: made.commit, signal },
  });
  if (stopped === undefined) return made;
  throw new TowlineError('ROLLOUT_BOT_REFUSED', `${path}: ${stopped.code} ${stopped.message}`);
}

/** What was made, over what is there. */
function over(source: ObjectSource, objects: readonly MadeObject[]): ObjectSource {
  const made = new Map(objects.map(object => [object.id, object]));
  return { read: async (id, maxBytes) => made.get(id) ?? (await source.read(id, maxBytes)) };
}

export interface StepPush {
  readonly runner: GitRunner;
  readonly fleetGit: string;
  /** With the door of main. */
  readonly hooks: string;
  /** Where main is expected: somebody who was there first wins. */
  readonly old: ObjectId;
  readonly made: MadeStep;
}

/**
 * By git's own receive-pack, past the same hook: the ref moves from the old id to the new one, or not at all.
 * @returns why it was not taken; undefined: it was
 * @throws TowlineError GATEWAY_GIT_FAILED, GATEWAY_BUSY; GIT_PACK for an answer that is none
 */
export async function pushStep(push: StepPush, signal: AbortSignal): Promise<string | undefined> {
  const { runner, fleetGit, hooks, old, made } = push;
  const command = `${old} ${made.commit} ${mainRef}\0report-status object-format=sha1 agent=towline`;
  const input = Buffer.concat([encodePacket(command), flushPacket, buildPack(made.objects)]);
  const answer: Buffer[] = [];
  const { code, stderr } = await runner.run(
    {
      lane: 'own',
      arguments: [
        ...receiveSettings,
        '-c',
        `core.hooksPath=${hooks}`,
        'receive-pack',
        '--stateless-rpc',
        fleetGit,
      ],
      input,
      onOutput: chunk => {
        answer.push(chunk);
      },
    },
    signal,
  );
  if (code !== 0)
    throw new TowlineError('GATEWAY_GIT_FAILED', `receive-pack ended with ${code}: ${stderr.trim()}`);
  return pushRefusal(Buffer.concat(answer));
}
