/** One device: what main wants of it, and what it says of itself, read again. */
import { layersOf } from '../../../core/fleet/fleet.ts';
import { desiredTunnel } from '../../../core/fleet/tunnel.ts';
import { rolledOut } from '../../../core/rollout/rolled-out.ts';
import { byCommit } from '../../../core/rollout/when.ts';
import { troubleWords } from '../../../core/status/device-words.ts';
import type { DeviceReport } from '../../../core/telemetry/device-report.ts';
import { troublesOf } from '../../../core/telemetry/device-summary.ts';
import { timeWord } from '../../../core/time-word.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { Device, DeviceTunnel, Trouble } from '../../api/types.generated.ts';
import type { Viewer } from '../../home/viewer.ts';
import { needItem } from '../board/needs.ts';
import type { Model } from '../model.ts';
import { kindsOf, type SeenRow, standingOf } from '../sight.ts';
import { deviceApps, type WantedDevice } from './device-apps.ts';
import { keyNames } from './key-names.ts';
import { reportOf } from './shown-report.ts';

/** @throws TowlineError PORTAL_NOT_READY; the signal's reason */
export async function devicePage(
  model: Model,
  viewer: Viewer,
  found: SeenRow,
  signal: AbortSignal,
): Promise<Device> {
  const { row, reads } = found;
  const { id } = row;
  const { fleet, commit } = model.seen;
  const layers = layersOf(fleet, id);
  const rolled = layers === undefined ? undefined : rolledOut(layers, byCommit);
  const report = reads ? await model.home.telemetry.report(id, signal) : undefined;
  const status = report?.kind === 'said' ? report.status : undefined;
  const wanted: WantedDevice = { fleet, apps: rolled?.apps ?? [] };
  const groups = layers?.groups.map(({ path }) => ({ name: nameIn(path), path })) ?? [];
  const retired = layers?.device.value.retired;
  const at = { commit: model.home.telemetry.tips().get(id) ?? '', nowMs: model.home.clock.now() };
  return {
    ...{ id, commit, groups, path: layers?.device.path ?? '', labels: Object.fromEntries(row.wanted.labels) },
    ...{ standing: standingOf(found), revoked: row.wanted.revoked, reads },
    ...(retired === undefined ? {} : { retired: typeof retired === 'string' ? retired : 'retired' }),
    why: whyOf(found, report, id),
    needs: kindsOf(found).map(kind => needItem(kind, row, row.why)),
    apps: deviceApps(wanted, status),
    tunnel: tunnelOf(layers === undefined ? undefined : desiredTunnel(layers), status, model, id),
    paused: rolled?.paused === true,
    ...(status === undefined ? {} : { report: reportOf(status, at, row) }),
    ...(report?.kind === 'doubtful' ? { doubt: report.why } : {}),
    ...keyNames(layers?.device.value.keys),
    can: canOf(model, viewer, id, reads),
  };
}

const nameIn = (path: string): string =>
  path
    .split('/')
    .at(-1)
    ?.replace(/\.yaml$/, '') ?? '';

function whyOf({ row, reads }: SeenRow, report: DeviceReport | undefined, id: string): Trouble[] {
  if (report?.kind === 'said') {
    return troublesOf(report.status).map(trouble => ({
      words: troubleWords(trouble),
      ...(trouble.code === undefined ? {} : { code: trouble.code }),
      ...(trouble.app === undefined ? {} : { app: trouble.app }),
      command: trouble.app === undefined ? `towline status ${id}` : `towline logs ${id}`,
    }));
  }
  return reads && row.why !== '' ? [{ words: row.why, command: nextCommand(row, id) }] : [];
}

function nextCommand({ standing, isWaiting }: SeenRow['row'], id: string): string {
  if (standing !== 'no keys') return `towline status ${id}`;
  return isWaiting ? `towline device accept ${id}` : `towline device add ${id}`;
}

function tunnelOf(
  wanted: ReturnType<typeof desiredTunnel> | undefined,
  status: StatusFile | undefined,
  { home }: Model,
  id: string,
): DeviceTunnel {
  const { state = 'closed', untilMs, reason, allow } = wanted ?? {};
  const up = status === undefined ? undefined : home.gateway?.tunnelIsUp(id);
  return {
    wanted: state,
    ...(untilMs === undefined ? {} : { until: timeWord(untilMs) }),
    ...(reason === undefined ? {} : { reason }),
    ...(allow === undefined ? {} : { allow: [...allow] }),
    ...(status === undefined ? {} : { state: status.tunnel.state }),
    ...(up === undefined ? {} : { up }),
  };
}

/** What is worth trying; what refuses it is said where it is tried. */
function canOf({ home }: Model, viewer: Viewer, id: string, reads: boolean): Device['can'] {
  const bundle = home.bundles?.may(viewer, id) === true;
  return { terminal: home.sessions?.terminals !== undefined, logs: reads, bundle };
}
