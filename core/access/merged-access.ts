/** `access` of one device: of each key, the narrowest file that gives it counts. */
import type { Access } from '../../schemas/types.generated.ts';
import type { DeviceLayers } from '../fleet/fleet.ts';
import { type AccessSettings, noAccess } from './settings.ts';

/** Told which file gave which value. */
type Note = (pointer: string, path: string) => void;

export function mergedAccess(
  { fleet, groups, device }: DeviceLayers,
  note: Note = () => undefined,
): AccessSettings {
  const layers = [fleet, ...groups, device];
  const narrowest = <Key extends keyof Access>(key: Key): Access[Key] | undefined => {
    const found = layers.findLast(({ value }) => value.access?.[key] !== undefined);
    if (found !== undefined) note(`/access/${key}`, found.path);
    return found?.value.access?.[key];
  };
  const [viaGateway, port] = [narrowest('viaGateway'), narrowest('port')];
  return {
    services: narrowest('services') ?? noAccess.services,
    logins: narrowest('logins') ?? noAccess.logins,
    record: narrowest('record') ?? noAccess.record,
    certificates: narrowest('certificates') ?? noAccess.certificates,
    share: narrowest('share') ?? noAccess.share,
    auditors: narrowest('auditors') ?? noAccess.auditors,
    ...(viaGateway === undefined ? {} : { viaGateway }),
    ...(port === undefined ? {} : { port }),
  };
}

/** Provenance of it: JSON pointer → file. */
export function accessProvenance(layers: DeviceLayers): Map<string, string> {
  const found = new Map<string, string>();
  mergedAccess(layers, (pointer, path) => found.set(pointer, path));
  return found;
}
