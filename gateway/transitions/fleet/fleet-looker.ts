/** Transitions of the fleet's repository: releases that were made, rollouts that went on. */
import { releasePath, rolloutPath } from '../../../core/fleet/paths.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { boundedWords } from '../../../core/telemetry/bounded-words.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import type { ObjectSource } from '../../../core/trust/git/object-source.ts';
import type { ReleaseFile, RolloutFile } from '../../../schemas/types.generated.ts';
import type { FleetView } from '../../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../../fleet/fleet-view-holder.ts';
import type { Change, TransitionLedger } from '../ledger.ts';
import { type Looker, levelChanges } from '../looker.ts';
import { happened } from '../make-transition.ts';
import type { Transition, TransitionType } from '../transition.ts';
import { type Maker, makerOf } from './maker.ts';

export interface FleetLookerOptions {
  readonly ledger: TransitionLedger;
  readonly view: FleetViewHolder;
  /** Objects of fleet.git. */
  readonly source: ObjectSource;
  readonly clock: Clock;
}

type Now = { readonly ledger: TransitionLedger; readonly view: FleetView; readonly nowMs: number };

const baseline = 'baseline fleet';
const longestNotes = 4000;

/** Only what the walk accepted is in a view. */
export class FleetLooker implements Looker {
  readonly name = 'the fleet';
  readonly everyMs = 1000;
  readonly #options: FleetLookerOptions;
  #looked: FleetView | undefined;

  constructor(options: FleetLookerOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const { ledger, view: holder, clock } = this.#options;
    const view = holder.current;
    if (view === this.#looked || view.whole === undefined) return;
    const now = { ledger, view, nowMs: clock.now() };
    const isBaseline = ledger.fact(baseline) === undefined;
    const [releases, rollouts] = [await this.#releases(now), await this.#rollouts(now)];
    const transitions = isBaseline ? [] : [...releases.transitions, ...rollouts.transitions];
    const paused = pausedChanges(now);
    const facts = [...(releases.facts ?? []), ...(rollouts.facts ?? []), [baseline, 'done'] as const];
    await ledger.note({ transitions: [...transitions, ...paused], facts });
    this.#looked = view;
  }

  async #releases(now: Now): Promise<Change> {
    const { ledger, view, nowMs } = now;
    const transitions: Transition[] = [];
    const facts: [string, string][] = [];
    for (const [app, { releases }] of view.whole?.apps ?? [])
      for (const [release, { value }] of releases) {
        const fact = `made ${app}/${release}`;
        if (ledger.fact(fact) !== undefined) continue;
        facts.push([fact, 'yes']);
        if (value.withdrawn !== undefined || ledger.fact(baseline) === undefined) continue;
        const maker = await this.#maker(view, releasePath(app, release));
        const key = keyOf(view, `release/${app}/${release}`, 'release.made');
        transitions.push(happened(key, nowMs, { app, release, ...maker, ...notesOf(value) }));
      }
    return { transitions, facts };
  }

  async #rollouts(now: Now): Promise<Change> {
    const { ledger, view, nowMs } = now;
    const transitions: Transition[] = [];
    const facts: [string, string | undefined][] = [];
    const here = new Set<string>();
    for (const { app, name, file } of rolloutsOf(view)) {
      const fact = `rollout ${app}/${name}`;
      here.add(fact);
      const before = ledger.fact(fact);
      const standing = standingOf(file);
      if (before === standing) continue;
      facts.push([fact, standing]);
      const types = rolloutSteps(before, file);
      const maker = types.length === 0 ? {} : await this.#maker(view, rolloutPath(app, name));
      for (const type of types)
        transitions.push(
          happened(keyOf(view, `rollout/${app}/${name}`, type), nowMs, { ...whatOf(app, file), ...maker }),
        );
    }
    for (const fact of ledger.factsOf('rollout ').filter(each => !here.has(each))) {
      facts.push([fact, undefined]);
      // `towline rollout finish` removes it, where every device that it would move has what it is to have.
      if (ledger.fact(fact)?.endsWith(' aborted') === true) continue;
      const subject = `rollout/${fact.slice('rollout '.length)}`;
      const [, app = ''] = subject.split('/');
      transitions.push(
        happened(keyOf(view, subject, 'rollout.complete'), nowMs, { app, commit: view.commit }),
      );
    }
    return { transitions, facts };
  }

  async #maker(view: FleetView, path: string): Promise<Maker> {
    return await makerOf(new ObjectReader(this.#options.source), view, path);
  }
}

function rolloutsOf(view: FleetView) {
  return [...(view.whole?.rollouts ?? [])].flatMap(([app, all]) =>
    [...all].map(([name, { value }]) => ({ app, name, file: value })),
  );
}

const standingOf = ({ stage, aborted }: RolloutFile): string =>
  `${stage}${aborted === true ? ' aborted' : ''}`;

/** What came to pass since it stood otherwise. @param before undefined: it is new */
export function rolloutSteps(before: string | undefined, file: RolloutFile): TransitionType[] {
  const [stage = '0', wasAborted] = (before ?? '0').split(' ');
  if (file.aborted === true) return wasAborted === undefined ? ['rollout.aborted'] : [];
  return file.stage > Number(stage) ? ['rollout.stage'] : [];
}

function whatOf(app: string, { to, stage, stages, reason }: RolloutFile) {
  const name = stages[stage - 1]?.name ?? '';
  const words = boundedWords(`stage ${stage} of ${stages.length}${name === '' ? '' : `, ${name}`}`);
  return {
    ...{ app, release: to, words: reason === undefined ? words : boundedWords(`${words}: ${reason}`) },
    data: { stage, stages: stages.length, name },
  };
}

/** Paused it is as long as its file says so. */
function pausedChanges({ ledger, view, nowMs }: Now): Transition[] {
  const paused = rolloutsOf(view).filter(({ file }) => file.paused === true && file.aborted !== true);
  const levels = paused.map(({ app, name, file }) => ({
    key: keyOf(view, `rollout/${app}/${name}`, 'rollout.paused'),
    ...{ ...whatOf(app, file), commit: view.commit },
  }));
  const aborted = new Set(
    rolloutsOf(view).flatMap(({ app, name, file }) =>
      file.aborted === true ? `rollout/${app}/${name}` : [],
    ),
  );
  const known = new Set(rolloutsOf(view).map(({ app, name }) => `rollout/${app}/${name}`));
  const endedBy = (subject: string) =>
    aborted.has(subject) ? 'aborted' : known.has(subject) ? undefined : 'finished';
  return levelChanges(ledger, 'rollout.paused', levels, nowMs).map(each => {
    const ended = each.state === 'resolved' ? endedBy(each.key.subject) : undefined;
    return ended === undefined ? each : { ...each, data: { ...each.data, ended } };
  });
}

function keyOf(view: FleetView, subject: string, type: TransitionType): Transition['key'] {
  return { fleet: view.fleet?.name ?? '', subject, type };
}

function notesOf({ notes, breaking, migration }: ReleaseFile): Pick<Transition, 'words' | 'data'> {
  const parts = [
    notes,
    breaking === undefined ? undefined : `Before you take it: ${breaking}`,
    migration === undefined ? undefined : 'There is no way back to an earlier release: it changes data.',
  ].filter(part => part !== undefined);
  const all = parts.join('\n\n').slice(0, longestNotes);
  return all === '' ? {} : { words: boundedWords(all), data: { notes: all } };
}
