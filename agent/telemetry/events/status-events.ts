/** What has changed between two statuses of this device, as events: apps, the tunnel, conditions. */
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { Noted } from './engine-words.ts';

type Project = StatusFile['projects'][number];
/** What is settled of a project: what it was before it was brought to something else. */
type Settled = Pick<Project, 'app' | 'state' | 'release' | 'digest'>;

/** On the way, held back, or not known: nothing has come of it yet. */
const unsettled: ReadonlySet<Project['state']> = new Set(['progressing', 'waiting', 'paused', 'unknown']);
/** They say what other events say. */
const elsewhere: ReadonlySet<string> = new Set(['Ready', 'TunnelOpen']);

export class StatusEvents {
  readonly #projects: Map<string, Settled>;
  #failing: ReadonlySet<string> | undefined;
  #updating = '';
  #tunnel: StatusFile['tunnel']['state'] | undefined;

  /** @param before what was last said of the projects, before this start */
  constructor(before: StatusFile['projects']) {
    const settled = before.filter(({ state }) => !unsettled.has(state));
    this.#projects = new Map(settled.map(project => [project.project, project]));
  }

  of(status: StatusFile): Noted[] {
    return [
      ...this.#agent(status),
      ...this.#update(status.agent),
      ...status.projects.flatMap(project => this.#project(project)),
      ...this.#tunnelEvents(status.tunnel),
      ...this.#conditions(status.conditions),
    ];
  }

  #agent({ agent, host }: StatusFile): Noted[] {
    if (this.#failing !== undefined) return [];
    const on = [host?.os, host?.kernel].filter(word => word !== undefined).join(', kernel ');
    const text = `agent ${agent.version} started${on === '' ? '' : ` on ${on}`}`;
    return [{ name: 'agent.started', level: 'info', text }];
  }

  /** How it comes to another version of itself: each phase once. */
  #update({ update }: StatusFile['agent']): Noted[] {
    const { version, phase, code, message } = update ?? {};
    const key = [version, phase, code].join(' ');
    if (key === this.#updating) return [];
    this.#updating = key;
    if (phase === undefined || phase === 'waiting') return [];
    const text = `agent ${version} is ${phase === 'trying' ? 'on trial' : phase}`;
    const name = `agent.update.${phase}`;
    if (phase !== 'refused') return [{ name, level: 'info', text }];
    const why = [code, message].filter(word => word !== undefined).join(': ');
    return [{ name, level: 'error', text: `${text}: ${why}`, urgent: true }];
  }

  #project(project: Project): Noted[] {
    const { app, project: name, state, digest, message } = project;
    if (unsettled.has(state)) return [];
    const before = this.#projects.get(name);
    if (state === 'removed') this.#projects.delete(name);
    else this.#projects.set(name, project);
    if (before?.state === state && before.digest === digest) return [];
    const about = { project: name, ...(message === undefined ? {} : { fields: { message } }) };
    if (state === 'healthy')
      return before?.digest === digest && before !== undefined
        ? [{ ...about, name: 'app.healthy', level: 'info', text: `${app} is healthy again` }]
        : [{ ...about, name: 'app.applied', level: 'info', text: `${app} ${words(before, project)}` }];
    const isGone = state === 'removed' || state === 'stopped';
    if (isGone) return [{ ...about, name: `app.${state}`, level: 'info', text: `${app} is ${state}` }];
    const why = message === undefined ? '' : `: ${message}`;
    return [
      { ...about, name: `app.${state}`, level: 'error', text: `${app} is ${state}${why}`, urgent: true },
    ];
  }

  #tunnelEvents({ state, reason, until, targets = [] }: StatusFile['tunnel']): Noted[] {
    const before = this.#tunnel;
    if (state === 'connecting' || state === before) return [];
    this.#tunnel = state;
    if (state === 'closed') {
      if (before === undefined) return [];
      return [{ name: 'tunnel.closed', level: 'info', text: 'the tunnel is closed' }];
    }
    const details = [
      targets.length === 0 ? '' : ` to ${targets.join(', ')}`,
      until === undefined ? '' : ` until ${until}`,
      reason === undefined ? '' : `: ${reason}`,
    ];
    return [{ name: 'tunnel.opened', level: 'info', text: `the tunnel is open${details.join('')}` }];
  }

  #conditions(conditions: StatusFile['conditions']): Noted[] {
    const before = this.#failing ?? new Set<string>();
    const failing = conditions.filter(({ type, status }) => !status && !elsewhere.has(type));
    this.#failing = new Set(failing.map(({ type }) => type));
    const now = this.#failing;
    const begun = failing
      .filter(({ type }) => !before.has(type))
      .map(({ type, reason, message }): Noted => {
        const text = `${type} fails: ${message}`;
        return { name: `condition.${type}`, level: 'warn', text, fields: { holds: false, reason } };
      });
    const over = [...before]
      .filter(type => !now.has(type))
      .map((type): Noted => {
        return {
          name: `condition.${type}`,
          level: 'info',
          text: `${type} holds again`,
          fields: { holds: true },
        };
      });
    return [...begun, ...over];
  }
}

/** `1.4.2 → 1.5.0`; where a release has no name, or the name stays, what it is of by its digest. */
function words(before: Settled | undefined, { release, digest }: Project): string {
  const named = (version: string | undefined, of: string | undefined): string =>
    version ?? of?.replace(/^sha256:/, '').slice(0, 12) ?? 'unknown';
  const now = named(release, digest);
  if (before === undefined) return `${now} runs`;
  const was = named(before.release, before.digest);
  return was === now ? `${now} was changed` : `${was} → ${now}`;
}
