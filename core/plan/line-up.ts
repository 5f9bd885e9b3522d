/** Which projects a pass touches, and the state that each is brought to: those that cannot stand side by side wait. */
import type { DesiredProject, DesiredState } from '../desired/state.ts';
import { type Contender, defeatOf } from './contest.ts';
import { refusedNow } from './earlier-state.ts';
import { disturbing } from './instance.ts';
import { leftBehind } from './left-behind.ts';
import type { ProjectMemory } from './memory.ts';
import { MountLedger } from './mount-ledger.ts';
import type { ObservedState } from './observed.ts';
import { observedRefusal } from './observed-policy.ts';
import { analyseProject, type ProjectAnalysis } from './project-analysis.ts';
import { lackOf } from './requirements.ts';
import { chooseTarget, type Skipped } from './target.ts';

export interface LineUp {
  /** By name. */
  readonly analyses: readonly ProjectAnalysis[];
  readonly skipped: readonly Skipped[];
}

interface Input {
  readonly desired: DesiredState;
  readonly observed: ObservedState;
  readonly memory: ProjectMemory;
  /** Projects that are removed in this pass. */
  readonly removed: ReadonlySet<string>;
  /** Projects that the commit does not name any more, and that stay for now. */
  readonly staying: readonly Skipped[];
  /** Projects whose steps are known to lead nowhere now. */
  readonly paused: readonly Skipped[];
}

class Choice {
  readonly skipped: Skipped[] = [];
  readonly #mounts: MountLedger;
  readonly contenders = new Map<string, Contender>();
  readonly untouched: Map<string, string>;
  readonly #input: Input;
  readonly #present: ReadonlySet<string>;

  constructor(input: Input) {
    this.#input = input;
    const { memory, observed, desired } = input;
    this.#present = new Set(desired.projects.map(({ name }) => name));
    this.#mounts = new MountLedger({ memory, observed, engine: desired.engine ?? {} });
    this.untouched = new Map(input.staying.map(({ project, reason }) => [project, reason]));
  }

  /** Takes a project in with this state, unless something that is not ours stands in its way. */
  enter(project: DesiredProject, waits: Skipped | undefined): void {
    const { observed, memory, removed } = this.#input;
    const { starting } = memory.projects.get(project.name) ?? {};
    const analysis = analyseProject(project, observed, starting, removed);
    const refused = this.#refusal(analysis);
    const conflict = analysis.conflict ?? refused;
    if (conflict === undefined) {
      this.contenders.set(project.name, { analysis, waits });
      return;
    }
    this.skip(conflict);
    // What runs is kept up: a refusal stops what would come in its place.
    const lastGood = memory.projects.get(project.name)?.lastGood;
    const earlier = lastGood?.digest === project.digest ? undefined : lastGood;
    if (conflict === refused && earlier !== undefined && waits === undefined) this.enter(earlier, refused);
  }

  /** What is there already and is not for this project, or not by the device's policy. Containers that run as they are stay. */
  #refusal({ project, instances }: ProjectAnalysis): Skipped | undefined {
    const { observed, memory, desired } = this.#input;
    const mounts = this.#mounts.claim(project);
    if (!instances.some(({ action }) => disturbing.has(action))) return undefined;
    const foreign = leftBehind(project, observed, this.#present);
    if (foreign !== undefined) return foreign;
    const outdated = refusedNow(project, desired);
    if (outdated !== undefined) return outdated;
    // What was good here is not asked again what it requires.
    const isProven = memory.projects.get(project.name)?.lastGood?.digest === project.digest;
    const lack = isProven ? undefined : lackOf(project, observed);
    if (lack !== undefined)
      return { project: project.name, why: 'conflict', code: lack.code, reason: lack.message };
    const engine = desired.engine ?? {};
    const refusal =
      observedRefusal(project, { observed, memory, engine }) ??
      (mounts === undefined ? undefined : { code: 'COMPOSE_BIND_REFUSED', message: mounts });
    if (refusal === undefined) return undefined;
    return { project: project.name, why: 'conflict', code: refusal.code, reason: refusal.message };
  }

  skip(skipped: Skipped): void {
    this.skipped.push(skipped);
    this.contenders.delete(skipped.project);
    this.untouched.set(skipped.project, skipped.reason);
  }

  /** Until all that are left can stand side by side. Each project goes back once at most, and then out. */
  settle(): void {
    const { observed, memory, removed } = this.#input;
    let settled = false;
    while (!settled) {
      settled = true;
      for (const [name, contender] of this.contenders) {
        const { contenders, untouched } = this;
        const defeat = defeatOf(contender, { observed, removed, contenders, untouched });
        if (defeat === undefined) continue;
        settled = false;
        this.skip(defeat);
        const lastGood = memory.projects.get(name)?.lastGood;
        const earlier = lastGood?.digest === contender.analysis.project.digest ? undefined : lastGood;
        if (earlier !== undefined && contender.waits === undefined) this.enter(earlier, defeat);
      }
    }
  }
}

/** Chooses, and settles until nothing changes any more. */
export function lineUp(input: Input): LineUp {
  const { desired, observed, memory } = input;
  const paused = new Map(input.paused.map(skipped => [skipped.project, skipped]));
  const choice = new Choice(input);
  for (const project of [...desired.projects].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { project: target, skipped } = chooseTarget(desired, observed, memory, project);
    if (skipped !== undefined) choice.skip(skipped);
    const pause = paused.get(project.name);
    if (pause !== undefined) choice.skip(pause);
    else if (target !== undefined) choice.enter(target, skipped);
  }
  choice.settle();
  const analyses = [...choice.contenders.values()]
    .map(({ analysis }) => analysis)
    .sort((a, b) => (a.project.name < b.project.name ? -1 : 1));
  return { analyses, skipped: choice.skipped };
}
