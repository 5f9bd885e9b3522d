/** The rollouts of a fleet, by app and name. */
import { agentName } from '../agents/agent-version.ts';
import { maxRolloutsOfAnApp } from './limits.ts';
import type { CheckedFile } from './schema-check.ts';

type Rollout = CheckedFile<'rollout'>;

/** The app that it moves; of the agent's, the name that it has among apps. */
export const movedBy = ({ app }: Pick<Rollout['value'], 'app'>): string => app ?? agentName;

/** In a sentence: `hello`, `the agent`. */
export const movedWord = (app: string): string => (app === agentName ? 'the agent' : app);

/** App → rollouts of it, by name, sorted. */
export type Rollouts = ReadonlyMap<string, ReadonlyMap<string, Rollout>>;

/** What was read, by blob id and path; filled and cleared of what is gone. */
export type ReadRollouts = Map<string, Rollout>;

/** @param files by `app/name`; of more than an app may have, one too many stays: it shows that they are */
export function byApp(files: ReadonlyMap<string, Rollout>): Rollouts {
  const found = new Map<string, Map<string, Rollout>>();
  for (const [key, file] of [...files].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const [app = '', name = ''] = key.split(/\/(.*)/s);
    const ofApp = found.get(app) ?? new Map<string, Rollout>();
    if (ofApp.size <= maxRolloutsOfAnApp) found.set(app, ofApp.set(name, file));
  }
  return found;
}
