/** One app as a device has it: what fleet.yaml, its groups and its own file say together. The agent is one more. */
import type { AgentChoice, AppAssignment, Update, Variables } from '../../schemas/types.generated.ts';
import { agentName } from '../agents/agent-version.ts';
import { pointerOf } from './json-pointer.ts';

/** A release that one device has for itself: no rollout moves it. */
export interface Pin {
  /** Milliseconds since the epoch; absent: it has no end. */
  readonly untilMs?: number;
  readonly reason?: string;
  /** What fleet.yaml and groups give. */
  readonly beneath: string | undefined;
}

/** An app as this device has it. */
export interface MergedApp {
  readonly app: string;
  readonly release: string | undefined;
  /** The device's own file gives the release. */
  readonly pin?: Pin;
  /** The release whose images come ahead; undefined where it is the one above. */
  readonly next: string | undefined;
  /** The variables of the files and, where it is narrower, of the app's assignment in them. */
  readonly variables: ReadonlyMap<string, Variables[string]>;
  readonly profiles: readonly string[] | undefined;
  /** SOPS files of the assignments, the widest first; they come after those of the app itself. */
  readonly secrets: readonly string[];
  readonly update: Update;
  readonly paused: boolean;
  /** Sum over the files, so that raising it in any of them counts. */
  readonly retry: number;
}

/** A file, as far as it speaks of apps. */
export interface AppLayer {
  readonly path: string;
  readonly value: {
    readonly variables?: Variables;
    readonly apps?: Readonly<Record<string, AppAssignment>>;
  };
}

export type Note = (pointer: string, path: string) => void;

export function mergeKeys<Value extends object>(
  layers: readonly { readonly path: string; readonly value: Value | undefined }[],
  pointer: string,
  note: Note,
): Value {
  const merged = new Map<string, unknown>();
  for (const { path, value } of layers) {
    for (const [key, item] of Object.entries(value ?? {})) {
      merged.set(key, item);
      note(pointer + pointerOf([key]), path);
    }
  }
  // No narrowing: each key has a value that one of the layers had there.
  return Object.fromEntries([...merged].sort(([left], [right]) => (left < right ? -1 : 1))) as Value;
}

/** @param given from wide to narrow @param own the device's own file */
function pinOf(
  given: readonly { readonly path: string; readonly assignment: AppAssignment }[],
  own: string,
): Pick<MergedApp, 'pin'> {
  const last = given.findLast(({ assignment }) => assignment.release !== undefined);
  if (last?.path !== own) return {};
  const beneath = given.findLast(({ path, assignment }) => path !== own && assignment.release !== undefined);
  const { until, reason } = last.assignment.pinned ?? {};
  return {
    pin: {
      ...(until === undefined ? {} : { untilMs: Date.parse(until) }),
      ...(reason === undefined ? {} : { reason }),
      beneath: beneath?.assignment.release,
    },
  };
}

/** @param layers from wide to narrow @returns undefined: it does not have the app */
export function mergeApp(layers: readonly AppLayer[], app: string, note: Note): MergedApp | undefined {
  const given = layers.flatMap(({ path, value }) => {
    const assignment = value.apps?.[app];
    return assignment === undefined ? [] : [{ path, assignment }];
  });
  if (given.findLast(({ assignment }) => assignment.absent !== undefined)?.assignment.absent === true) {
    return undefined;
  }
  const pointer = `/apps/${app}`;
  const narrowest = <Key extends 'release' | 'next' | 'profiles'>(
    key: Key,
  ): AppAssignment[Key] | undefined => {
    const found = given.findLast(({ assignment }) => assignment[key] !== undefined);
    if (found !== undefined) note(`${pointer}/${key}`, found.path);
    return found?.assignment[key];
  };
  const paused = given.findLast(({ assignment }) => assignment.paused === true);
  if (paused !== undefined) note(`${pointer}/paused`, paused.path);
  for (const { path, assignment } of given) if (assignment.retry) note(`${pointer}/retry`, path);
  const secrets = given.flatMap(({ path, assignment }) => {
    if (assignment.secrets !== undefined) note(`${pointer}/secrets`, path);
    return assignment.secrets ?? [];
  });
  const variables = layers.flatMap(({ path, value }) => [
    { path, value: value.variables },
    { path, value: value.apps?.[app]?.variables },
  ]);
  const release = narrowest('release');
  const next = narrowest('next');
  return {
    app,
    release,
    ...pinOf(given, layers.at(-1)?.path ?? ''),
    next: next === release ? undefined : next,
    variables: new Map(Object.entries(mergeKeys<Variables>(variables, `${pointer}/variables`, note))),
    profiles: narrowest('profiles'),
    secrets,
    update: mergeKeys<Update>(
      given.map(({ path, assignment }) => ({ path, value: assignment.update })),
      `${pointer}/update`,
      note,
    ),
    paused: paused !== undefined,
    retry: given.reduce((sum, { assignment }) => sum + (assignment.retry ?? 0), 0),
  };
}

/** The version of the agent, merged as the release of an app is. @returns undefined: nobody chooses one */
export function mergeAgent(
  layers: readonly { readonly path: string; readonly value: { readonly agent?: AgentChoice } }[],
  note: Note,
): MergedApp | undefined {
  const chosen = layers.map(({ path, value: { agent } }): AppLayer => {
    if (agent === undefined) return { path, value: {} };
    const { version: release, pinned } = agent;
    const assignment = { release, ...(pinned === undefined ? {} : { pinned }) };
    return { path, value: { apps: { [agentName]: assignment } } };
  });
  if (chosen.every(({ value }) => value.apps === undefined)) return undefined;
  return mergeApp(chosen, agentName, (pointer, path) => {
    if (pointer === `/apps/${agentName}/release`) note('/agent/version', path);
  });
}
