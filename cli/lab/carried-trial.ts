/** A trial from its question to what came of it: in a mirror that is there, or in one that is made for it and taken away again. */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { type FilesAtCommit, FleetSource } from '../../lab/mirror/fleet-source.ts';
import { assertChosen, type ImageChoice } from '../../lab/mirror/image-choice.ts';
import { lookAtFleet, type Mirror, registriesOf, withStandIns } from '../../lab/mirror/mirror.ts';
import { type Mirrored, mirrorFileOf, mirrorFleet, mirrorLab } from '../../lab/mirror/mirror-maker.ts';
import { readMirror } from '../../lab/mirror/mirror-state.ts';
import type { StandIn } from '../../lab/mirror/stand-ins.ts';
import { awaitCommit, bringIn, type TrialRow, trialExitCode, type Waited } from '../../lab/mirror/trial.ts';
import { Lab } from '../../lab/sites/lab.ts';
import { claimedNames } from '../../lab/sites/lab-state.ts';
import { makeLab } from '../../lab/sites/make-lab.ts';
import { assertMirrored } from './mirror-options.ts';
import { originOf } from './mirror-origin.ts';

export interface TrialQuestion {
  readonly repository: string;
  readonly revision: string;
  readonly base: string | undefined;
  /** Of a lab that is there; undefined: the only mirror there is, else one of its own. */
  readonly name: string | undefined;
  readonly choice: ImageChoice;
  readonly insecure: readonly string[];
  readonly engine: boolean;
  readonly keep: boolean;
  readonly timeoutMs: number;
  readonly progress: (line: string) => void;
}

export interface TrialResult {
  readonly rows: readonly TrialRow[];
  readonly untried: readonly StandIn[];
  /** What gateways or their check said against the commit. */
  readonly refusal?: string;
  readonly exit: 0 | 3 | 4 | 5;
}

const notMirror = (name: string) =>
  new TowlineError(
    'LAB_UNKNOWN',
    `the lab ${name} is the mirror of no repository: \`towline lab up --mirror\``,
  );

/** @throws TowlineError LAB_UNKNOWN */
async function presentLab({ name }: TrialQuestion): Promise<Lab | undefined> {
  if (name !== undefined) {
    const lab = Lab.open(name);
    if ((await readMirror(mirrorFileOf(lab))) === undefined) throw notMirror(name);
    return lab;
  }
  const mirrors: Lab[] = [];
  for (const each of claimedNames()) {
    try {
      const lab = Lab.open(each);
      if ((await readMirror(mirrorFileOf(lab))) !== undefined) mirrors.push(lab);
    } catch {
      // One that is being made, or what is left of one.
    }
  }
  if (mirrors.length < 2) return mirrors[0];
  throw new TowlineError(
    'CLI_USAGE',
    `there are several mirrors: --name ${mirrors.map(lab => lab.name).join(' or ')}`,
  );
}

async function baseOf(
  source: FleetSource,
  { base }: TrialQuestion,
  signal: AbortSignal,
): Promise<FilesAtCommit> {
  if (base !== undefined) return await source.at(base, signal);
  try {
    return await source.at('refs/heads/main', signal);
  } catch (error) {
    if (!isTowlineError(error, 'CLI_NO_SUCH_COMMIT')) throw error;
    return await source.at('refs/remotes/origin/main', signal);
  }
}

const rowOf = (standIn: StandIn, { word, tookMs }: Waited, before: Waited | undefined): TrialRow => ({
  ...standIn,
  ...word,
  ...(before === undefined ? {} : { before: before.word.outcome }),
  tookMs,
});

interface Trying {
  readonly lab: Lab;
  readonly mirror: Mirror;
  readonly mirrored: Mirrored;
}

/** Before, in, and after. */
async function tryIn(
  { lab, mirror, mirrored }: Trying,
  question: TrialQuestion,
  signal: AbortSignal,
): Promise<TrialResult> {
  const { timeoutMs, progress, revision } = question;
  const { standIns, untried, plans } = mirror;
  const tried = standIns.filter(({ device }) => plans.keys.has(device));
  const devices = tried.map(({ device }) => device);
  progress('the base');
  const head = (await lab.desk.run('git', ['rev-parse', 'HEAD'], { signal })).trim();
  const before = await awaitCommit(lab, { commit: head, devices, timeoutMs }, signal);
  progress(`${revision} comes in`);
  const { commit, refusal } = await bringIn(lab, mirrored, revision, signal);
  if (commit === undefined)
    return { rows: [], untried, ...(refusal === undefined ? {} : { refusal }), exit: 3 };
  progress(`${devices.length} devices`);
  const found = await awaitCommit(lab, { commit, devices, timeoutMs }, signal);
  const rows = tried.flatMap((standIn): TrialRow[] => {
    const waited = found.get(standIn.device);
    return waited === undefined ? [] : [rowOf(standIn, waited, before.get(standIn.device))];
  });
  const gone = standIns.filter(({ device }) => !plans.keys.has(device));
  const left = gone.map((standIn): TrialRow => ({ ...standIn, state: 'gone', outcome: 'gone', tookMs: 0 }));
  return { rows: [...rows, ...left], untried, exit: trialExitCode(rows) };
}

/** @throws FleetProblems, TowlineError */
export async function carryOut(question: TrialQuestion, signal: AbortSignal): Promise<TrialResult> {
  const { repository, engine, choice, insecure, progress } = question;
  await using source = new FleetSource(repository);
  const at = await source.at(question.revision, signal);
  const open = (from: string, within: AbortSignal) => originOf(from, insecure, within);
  const present = await presentLab(question);
  if (present !== undefined) {
    const state = await readMirror(mirrorFileOf(present));
    const images = choice.kind === 'there' ? (state?.images ?? choice) : choice;
    const devices = present.devices.map(({ id }) => id);
    const asked = { at, engine: engine || state?.engine === true, present: devices };
    const mirror = await lookAtFleet(asked, signal);
    assertMirrored(mirror);
    const mirrored = { mirror, repository, images, open };
    return await tryIn({ lab: present, mirror, mirrored }, question, signal);
  }
  const before = await baseOf(source, question, signal);
  const mirror = await lookAtFleet({ at, before, engine }, signal);
  assertMirrored(mirror);
  assertChosen(mirror.images, choice);
  const base = withStandIns(await lookAtFleet({ at: before, engine }, signal), mirror.standIns);
  const mirrored = { mirror, repository, images: choice, open };
  const registries = registriesOf([...base.images, ...mirror.images]);
  const makeFleet = mirrorFleet({ ...mirrored, mirror: base }, registries);
  const name = `try-${process.pid}`;
  const lab = await makeLab(
    { name, file: mirrorLab(mirror.standIns), images: [], makeFleet, progress },
    signal,
  );
  try {
    return await tryIn({ lab, mirror, mirrored }, question, signal);
  } finally {
    if (question.keep) progress(`the lab ${name} stays: towline lab down --name ${name}`);
    else await lab.down();
  }
}
