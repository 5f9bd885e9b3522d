/** Address → screen. Screens beside the first come when they are asked for. */
import type { ComponentType } from 'preact';
import type { Key } from '../words/en.ts';

/** Names of a path's parts, as they stand in the address. */
export type Parts = Readonly<Record<string, string>>;

export interface ScreenProperties {
  readonly parts: Parts;
}

export type Screen = ComponentType<ScreenProperties>;

export interface Route {
  readonly pattern: RegExp;
  /** Of the menu's entry that it belongs to. */
  readonly menu: string;
  readonly title: Key;
  readonly load: () => Promise<{ readonly default: Screen }>;
}

const route = (path: string, title: Key, load: () => Promise<{ readonly default: Screen }>): Route => ({
  pattern: new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
  menu: `/${path.split('/')[1] ?? ''}`,
  title,
  load,
});

export const routes: readonly Route[] = [
  route('/', 'screen.overview', () => import('../screen/overview.tsx')),
  route('/devices', 'screen.devices', () => import('../screen/devices.tsx')),
  route('/devices/:device', 'screen.devices', () => import('../screen/device.tsx')),
  route('/devices/:device/terminal', 'device.tab.terminal', () => import('../screen/terminal.tsx')),
  route('/devices/:device/:tab', 'screen.devices', () => import('../screen/device.tsx')),
  route('/apps', 'screen.apps', () => import('../screen/apps.tsx')),
  route('/apps/:app', 'screen.apps', () => import('../screen/app.tsx')),
  route('/apps/:app/releases/:version', 'screen.apps', () => import('../screen/release.tsx')),
  route('/rollouts', 'screen.rollouts', () => import('../screen/rollouts.tsx')),
  route('/rollouts/:app/:name', 'screen.rollouts', () => import('../screen/rollout.tsx')),
  route('/upgrades', 'screen.upgrades', () => import('../screen/upgrades.tsx')),
  route('/sessions', 'screen.sessions', () => import('../screen/sessions.tsx')),
  route('/sessions/:device/:session', 'screen.sessions', () => import('../screen/session.tsx')),
  route('/enrolments', 'screen.enrolments', () => import('../screen/enrolments.tsx')),
  route('/people', 'screen.people', () => import('../screen/people.tsx')),
  route('/audit', 'screen.audit', () => import('../screen/audit.tsx')),
  route('/changes/:change', 'screen.change', () => import('../screen/change.tsx')),
  route('/login', 'screen.login', () => import('../screen/login.tsx')),
];

export interface Match {
  readonly route: Route;
  readonly parts: Parts;
}

export function matchOf(path: string): Match | undefined {
  for (const candidate of routes) {
    const match = candidate.pattern.exec(path);
    if (match !== null) return { route: candidate, parts: { ...match.groups } };
  }
  return undefined;
}
