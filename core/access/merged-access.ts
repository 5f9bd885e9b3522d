/** `access` of one device: of each key, the narrowest file that gives it counts. */
import type { Access } from '../../schemas/types.generated.ts';
import type { DeviceLayers } from '../fleet/fleet.ts';
import { narrowestAccess } from '../fleet/narrowest-access.ts';
import { type AccessSettings, noAccess } from './settings.ts';

/** Told which file gave which value. */
type Note = (pointer: string, path: string) => void;

export function mergedAccess(layers: DeviceLayers, note: Note = () => undefined): AccessSettings {
  const narrowest = <Key extends keyof Access>(key: Key): Access[Key] | undefined => {
    const found = narrowestAccess(layers, key);
    if (found !== undefined) note(`/access/${key}`, found.file.path);
    return found?.value;
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
