/** A branch of production, tried in a lab: brought in as one signed commit, and what each device makes of it. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../sites/lab.ts';
import { cloneIdentity } from './clone-identity.ts';
import { registriesOf } from './mirror.ts';
import { leadToRegistry, type Mirrored, putMirror } from './mirror-maker.ts';
import type { StandIn } from './stand-ins.ts';
import { type TrialWord, trialWord } from './trial-word.ts';
import { stageAll } from './working-tree.ts';

const lookMs = 1_000;
/** What failed for another reason than the commit is mostly tried again by then. */
const settledMs = 15_000;

export interface TrialRow extends StandIn, TrialWord {
  /** As it was before the commit; absent: nobody waited for it. */
  readonly before?: string;
  /** Since the push, until it had dealt with the commit. */
  readonly tookMs: number;
}

export interface Waited {
  readonly word: TrialWord;
  readonly tookMs: number;
}

/** Until every device has dealt with a commit, or the time is over. @returns what each has made of it */
export async function awaitCommit(
  lab: Lab,
  {
    commit,
    devices,
    timeoutMs,
  }: { readonly commit: string; readonly devices: readonly string[]; readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Waited>> {
  const beganMs = performance.now();
  const found = new Map<string, Waited>(
    devices.map(device => [device, { word: trialWord(undefined, commit), tookMs: 0 }]),
  );
  const settled = ({ word, tookMs }: Waited, nowMs: number) =>
    word.state !== 'late' &&
    (word.state !== 'failed' || word.outcome === 'rolled-back' || nowMs - tookMs >= settledMs);
  for (;;) {
    await lab.telemetry.fetch(signal);
    const nowMs = performance.now() - beganMs;
    for (const [device, last] of found) {
      const word = trialWord(await lab.telemetry.status(device), commit);
      const isSame = word.state === last.word.state && word.state !== 'late';
      found.set(device, { word, tookMs: isSame ? last.tookMs : nowMs });
    }
    if ([...found.values()].every(each => settled(each, nowMs)) || nowMs > timeoutMs) return found;
    await sleep(lookMs, undefined, { signal });
  }
}

export interface TriedCommit {
  /** Of the lab; undefined: its gateways, or the check before them, did not take it. */
  readonly commit?: string;
  /** Why it was refused, as it was said. */
  readonly refusal?: string;
}

/** The tree of a branch as one signed commit on the lab's main. */
export async function bringIn(
  lab: Lab,
  mirrored: Mirrored,
  name: string,
  signal: AbortSignal,
): Promise<TriedCommit> {
  const { desk, plan } = lab;
  if (leadToRegistry(lab, registriesOf(mirrored.mirror.images))) {
    for (const gateway of plan.gateways)
      for (const verb of ['stop', 'start'] as const) await lab.order({ verb, name: gateway.name }, signal);
  }
  await desk.run('git', ['checkout', '--quiet', 'main'], { signal });
  const before = (await desk.run('git', ['rev-parse', 'HEAD'], { signal })).trim();
  let pushed: string | undefined;
  try {
    await putMirror(lab, await cloneIdentity(lab, signal), mirrored, signal);
    await desk.run('git', stageAll, { signal });
    const message = `Try ${name} (${mirrored.mirror.at.commit.slice(0, 12)})`;
    await desk.run('git', ['commit', '--quiet', '--allow-empty', '--message', message], { signal });
    pushed = await pushAgain(lab, signal);
  } catch (error) {
    await takeBack(lab, before);
    throw error;
  }
  if (pushed === undefined)
    return { commit: (await desk.run('git', ['rev-parse', 'HEAD'], { signal })).trim() };
  await takeBack(lab, before);
  return { refusal: pushed };
}

/** What nobody took, or what was broken off, is not on the way of the next one; what gateways have already, stays. */
async function takeBack({ desk, places }: Lab, before: string): Promise<void> {
  // A git that was broken off leaves its locks, and this clone has no other.
  for (const lock of ['index.lock', 'HEAD.lock', 'refs/heads/main.lock'])
    rmSync(path.join(places.fleet, '.git', lock), { force: true });
  await desk.try('git', ['reset', '--quiet', '--hard', before]);
  await desk.try('git', ['fetch', '--quiet']);
  await desk.try('git', ['merge', '--quiet', '--ff-only', '@{upstream}']);
}

const pushTries = 3;

/** A gateway that was started anew listens a moment later. @returns why it was refused; undefined: it was not */
async function pushAgain(lab: Lab, signal: AbortSignal): Promise<string | undefined> {
  let said = '';
  for (let attempt = 0; attempt < pushTries; attempt++) {
    const { code, stdout, stderr } = await lab.desk.try('git', ['push', '--quiet'], { signal });
    if (code === 0) return undefined;
    said = `${stdout}${stderr}`.trim();
    if (!/Connection (?:refused|reset|timed out)|kex_exchange/.test(said)) break;
    await sleep(2 * lookMs, undefined, { signal });
  }
  return said.slice(-4096);
}

/** 0: all healthy. 3: refused. 4: rolled back or failed. 5: not dealt with in time. */
export function trialExitCode(rows: readonly Pick<TrialRow, 'state'>[]): 0 | 3 | 4 | 5 {
  const states = new Set(rows.map(({ state }) => state));
  if (states.has('refused')) return 3;
  if (states.has('failed')) return 4;
  return states.has('late') ? 5 : 0;
}
