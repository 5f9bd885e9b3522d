/** The plans: a table of all, and each with what becomes of services and data. */
import { formatDuration } from '../../../core/duration.ts';
import { formatBytes } from '../../../core/plan/quantity.ts';
import type { ReviewFile } from '../../../schemas/types.generated.ts';
import { counted, details, number, shown, shownList, shownNames, table } from './shown.ts';

type Plan = ReviewFile['plans'][number];
type App = Plan['apps'][number];
type Down = NonNullable<App['down']>;

const mostRows = 25;
/** Volumes in a cell. */
const mostVolumes = 5;

function releaseWords({ from, to, gone = false }: App): string {
  if (gone) return `${from === undefined ? 'it' : shown(from)} goes`;
  if (from === to) return to === undefined ? 'without a release' : `${shown(to)}, as before`;
  return `${from === undefined ? 'new' : shown(from)} → ${to === undefined ? 'without a release' : shown(to)}`;
}

function imageWords({ images: { count, bytes } }: App): string {
  if (count === 0) return 'none';
  return `pull ${number(count)}${bytes === undefined || bytes === 0 ? '' : ` (≈ ${formatBytes(bytes)})`}`;
}

const inTurn: Readonly<Record<Down['strategy'], string>> = {
  recreate: 'one after the other',
  'stop-first': 'all stop first',
  handover: 'one after the other',
  rolling: 'one container at a time',
};

function downWords({ down }: App): string {
  if (down === undefined) return 'none';
  const restart = `${counted(down.services.length, 'service')} ${down.services.length === 1 ? 'restarts' : 'restart'}`;
  const order = down.services.length === 1 ? '' : `, ${inTurn[down.strategy]}`;
  return `${restart}${order}: up to ${formatDuration(down.stopMs)} to stop`;
}

const volumeWords: Readonly<Record<App['volumes'][number]['change'], string>> = {
  kept: 'kept',
  new: '**new**',
  emptied: '**emptied**',
  removed: '**removed, with all it holds**',
  restored: '**put back as a backup has it**',
};

/** Those that are not kept first. */
function volumesOf({ volumes }: App, most = volumes.length): string {
  if (volumes.length === 0) return 'none';
  const sorted = [...volumes].sort(
    (left, right) => Number(left.change === 'kept') - Number(right.change === 'kept'),
  );
  const told = sorted.slice(0, most).map(({ name, change }) => `${shown(name, 40)} ${volumeWords[change]}`);
  return [...told, ...(volumes.length > most ? [`${number(volumes.length - most)} more`] : [])].join(', ');
}

/** A table with one row for each app of each plan. */
export function planTable(plans: readonly Plan[]): string[] {
  const rows = plans.flatMap(({ devices, rollout, apps }, index) =>
    apps.map(app => [
      `${number(devices.count)} (plan ${index + 1})`,
      rollout === undefined ? 'at once' : `by rollout ${shown(rollout, 60)}`,
      shown(app.app, 40),
      releaseWords(app),
      imageWords(app),
      downWords(app),
      volumesOf(app, mostVolumes),
    ]),
  );
  if (rows.length === 0) return [];
  const more = rows.length - mostRows;
  return [
    ...table(['devices', 'when', 'app', 'release', 'images', 'down', 'volumes'], rows.slice(0, mostRows)),
    ...(more > 0 ? [`… and ${counted(more, 'row')} more.`, ''] : []),
  ];
}

function appLines(app: App): string[] {
  const { services, down, notes } = app;
  return [
    `**${shown(app.app, 80)}** ${releaseWords(app)}`,
    '',
    ...services.map(({ name, change, because }) => {
      const why = because.length === 0 ? '' : `: ${shownList(because)}`;
      return `- ${shown(name, 80)} **${change}**${why}`;
    }),
    ...(down === undefined
      ? []
      : [
          `- down from its stop until it is started again: ${shownList(down.services, 80)}; healthy within ${formatDuration(down.healthMs)}, else the app goes back`,
        ]),
    `- images: ${imageWords(app)}; volumes: ${volumesOf(app)}`,
    ...notes.map(note => `- note: ${shown(note)}`),
    '',
  ];
}

export function planDetails(plan: Plan, index: number): string[] {
  const { devices, rollout, apps, device } = plan;
  const when = rollout === undefined ? '' : `Once all stages of rollout ${shown(rollout, 80)} are open. `;
  return details(`Plan ${index + 1}: ${counted(devices.count, 'device')}`, [
    `${when}Devices: ${shownNames(devices)}`,
    '',
    ...apps.flatMap(appLines),
    ...device.map(line => `- ${shown(line)}`),
  ]);
}
