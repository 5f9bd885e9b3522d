/** One status as series. What a device says freely is bounded: it makes no more series than a status has words for. */
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { labelText } from './exposition.ts';

/** One value of one family. */
export interface HealthSeries {
  readonly family: string;
  /** Beside the device's own. */
  readonly labels: string;
  readonly value: number;
}

const [maxConditions, maxApps] = [16, 64];
/** Characters of a label that the device says freely. */
const maxValueLength = 128;

/** Of each family: what it says. */
export const healthFamilies: ReadonlyMap<string, string> = new Map([
  ['towline_device_info', 'What runs on the device: version of the agent, of its engine. Always 1.'],
  ['towline_device_silent_seconds', 'Since the device was last heard of, by the clock of the gateway.'],
  [
    'towline_device_behind_seconds',
    'Since when there is a commit that the gateway trusts and the device does not; 0: none.',
  ],
  [
    'towline_device_clock_offset_seconds',
    'How far the clock of the device was ahead when it was last heard of.',
  ],
  ['towline_device_outcome', 'How the last pass went, in one word. Always 1.'],
  ['towline_device_stopped', 'The device does not follow main, and the error code says why. Always 1.'],
  ['towline_device_condition', 'What a person should know, by type: 1 while it holds, 0 while it does not.'],
  ['towline_device_doubtful', 'What the device said is not shown, and why. Always 1.'],
  ['towline_device_revoked', 'The device is revoked. Always 1.'],
  ['towline_app_state', 'How an app goes on the device, in one word. Always 1.'],
  ['towline_app_info', 'The release of an app that runs on the device. Always 1.'],
]);

export function statusSeries(status: StatusFile): readonly HealthSeries[] {
  const { agent, outcome, stopped, conditions, projects } = status;
  const { version, engine = '' } = agent;
  return [
    series('towline_device_info', { version, engine }),
    series('towline_device_outcome', { outcome }),
    ...(stopped === undefined ? [] : [series('towline_device_stopped', { code: stopped.code })]),
    ...once(conditions.slice(0, maxConditions), ({ type }) => type).map(({ type, status: holds }) =>
      series('towline_device_condition', { type }, holds ? 1 : 0),
    ),
    ...once(projects.slice(0, maxApps), ({ project }) => project).flatMap(appSeries),
  ];
}

function appSeries({ app, project, state, release }: StatusFile['projects'][number]): HealthSeries[] {
  const goes = series('towline_app_state', { app, project, state });
  return release === undefined ? [goes] : [goes, series('towline_app_info', { app, project, release })];
}

function series(family: string, labels: Readonly<Record<string, string>>, value = 1): HealthSeries {
  const entries = Object.entries(labels).map(([name, text]) => [name, shown(text)] as const);
  return { family, labels: labelText(entries.filter(([, text]) => text !== '')), value };
}

const shown = (text: string) => text.slice(0, maxValueLength).toWellFormed();

/** A status that says a thing twice has said it first. */
function once<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const byKey = new Map<string, Item>();
  for (const item of items) if (!byKey.has(shown(keyOf(item)))) byKey.set(shown(keyOf(item)), item);
  return [...byKey.values()];
}
