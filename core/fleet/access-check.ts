/** What `access` of a fleet's files says against what others say: names that must exist, keys without which it is empty. */
import { messageOf } from '../errors/cause.ts';
import type { Problem } from '../errors.ts';
import { suggestion } from '../nearest.ts';
import { openpgpKeyNumbers } from '../trust/signature/openpgp-key-numbers.ts';
import { type DeviceLayers, type Fleet, layersOf } from './fleet.ts';
import { type AccessFile, narrowestAccess } from './narrowest-access.ts';

/** Names that there are, whether their files can be read or not. */
export interface KnownNames {
  readonly operators: ReadonlyMap<string, unknown>;
  readonly apps: ReadonlySet<string>;
}

export function accessProblems(fleet: Fleet, known: KnownNames): Problem[] {
  const files: readonly AccessFile[] = [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()];
  const given = files.filter(({ value }) => value.access !== undefined);
  // Of ten thousand devices none may have one: no layers are put together for nothing.
  if (given.length === 0) return [];
  const found = given.flatMap(file => [...namesIn(file, known), ...auditorsIn(file)]);
  const merged = new Map<string, Problem>();
  for (const id of fleet.devices.keys()) {
    const layers = layersOf(fleet, id);
    // Each once, and not for each device of a group.
    for (const problem of layers === undefined ? [] : betweenKeys(layers))
      merged.set(JSON.stringify(problem), problem);
  }
  return [...found, ...merged.values()];
}

function namesIn(file: AccessFile, { operators, apps }: KnownNames): Problem[] {
  const { services = [], logins = [], viaGateway } = file.value.access ?? {};
  const people = [
    ...services.map((each, index) => ({ at: `/access/services/${index}`, names: each.operators ?? [] })),
    ...logins.map((each, index) => ({ at: `/access/logins/${index}`, names: each.operators ?? [] })),
    { at: '/access/viaGateway', names: viaGateway?.operators ?? [] },
  ];
  const of = [
    ...services.map(({ app }, index) => ({ at: `/access/services/${index}/app`, app })),
    ...(viaGateway?.services ?? []).map((name, index) => ({
      at: `/access/viaGateway/services/${index}`,
      app: appOf(name),
    })),
  ];
  return [
    ...people.flatMap(({ at, names }) =>
      names.flatMap((name, index): Problem[] => {
        if (operators.has(name)) return [];
        const message = `there is no operator "${name}"${suggestion(name, operators.keys())}`;
        const position = file.locate(`${at}/operators/${index}`);
        return [{ code: 'FLEET_OPERATOR_UNKNOWN', message, position }];
      }),
    ),
    ...of.flatMap(({ at, app }): Problem[] => {
      if (apps.has(app)) return [];
      const message = `there is no app "${app}"${suggestion(app, apps)}`;
      return [{ code: 'FLEET_APP_UNKNOWN', message, position: file.locate(at) }];
    }),
  ];
}

function auditorsIn(file: AccessFile): Problem[] {
  return (file.value.access?.auditors ?? []).flatMap((armored, index): Problem[] => {
    try {
      openpgpKeyNumbers(armored);
      return [];
    } catch (error) {
      const message = `this auditor’s key is no OpenPGP public key: ${messageOf(error)}`;
      return [{ code: 'FLEET_ACCESS_AUDITOR', message, position: file.locate(`/access/auditors/${index}`) }];
    }
  });
}

/** What one device gets of several files, and what cannot work without each other. */
function betweenKeys(layers: DeviceLayers): Problem[] {
  return [...withoutAuditors(layers), ...withoutKeys(layers), ...unknownServices(layers)];
}

function withoutAuditors(layers: DeviceLayers): Problem[] {
  const record = narrowestAccess(layers, 'record');
  const auditors = narrowestAccess(layers, 'auditors')?.value ?? [];
  if (record === undefined || record.value === 'off' || auditors.length > 0) return [];
  const message = `sessions are to be recorded (${record.value}), and \`access.auditors\` names nobody who could read that`;
  const position = record.file.locate('/access/record');
  return [{ code: 'FLEET_ACCESS_AUDITOR', message, position }];
}

function withoutKeys(layers: DeviceLayers): Problem[] {
  const gateways = layers.fleet.value.gateways;
  const lacks = (kind: 'accessKeys' | 'certificateKeys') =>
    !gateways.some(gateway => (gateway[kind] ?? []).length > 0);
  const wanted = [
    { key: 'viaGateway', kind: 'accessKeys' },
    { key: 'share', kind: 'accessKeys' },
    { key: 'certificates', kind: 'certificateKeys' },
  ] as const;
  return wanted.flatMap(({ key, kind }): Problem[] => {
    const given = narrowestAccess(layers, key);
    if (given === undefined || given.value === false || !lacks(kind)) return [];
    const message = `no gateway of fleet.yaml has \`${kind}\`: nobody comes in by this`;
    return [{ code: 'FLEET_ACCESS_KEYS', message, position: given.file.locate(`/access/${key}`, 'key') }];
  });
}

/** Sessions that the gateway ends are for services that can be entered at all. */
function unknownServices(layers: DeviceLayers): Problem[] {
  const via = narrowestAccess(layers, 'viaGateway');
  if (via === undefined) return [];
  const services = (narrowestAccess(layers, 'services')?.value ?? []).map(
    ({ app, service }) => `${app}.${service}`,
  );
  return via.value.services.flatMap((name, index): Problem[] => {
    if (services.includes(name)) return [];
    const message = `"${name}" does not stand in \`access.services\` beside it${suggestion(name, services)}`;
    const position = via.file.locate(`/access/viaGateway/services/${index}`);
    return [{ code: 'FLEET_ACCESS_SERVICE', message, position }];
  });
}

function appOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}
