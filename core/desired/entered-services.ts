/** Services that people may enter here, and that the device's projects do not have: a slip that locks people out, and nothing more. */
import type { Problem } from '../errors.ts';
import type { DeviceLayers } from '../fleet/fleet.ts';
import { narrowestAccess } from '../fleet/narrowest-access.ts';
import { suggestion } from '../nearest.ts';
import type { DesiredProject } from './state.ts';

/** Apps that this device does not have are passed over: the file may be that of a group. */
export function unknownServiceWarnings(layers: DeviceLayers, projects: readonly DesiredProject[]): Problem[] {
  const given = narrowestAccess(layers, 'services');
  return (given?.value ?? []).flatMap(({ app, service }, index): Problem[] => {
    const project = projects.find(each => each.app === app);
    const services = Object.keys(project?.model.services ?? {});
    if (given === undefined || project === undefined || services.includes(service)) return [];
    const message = `app "${app}" has no service "${service}" here: nobody can enter it${suggestion(service, services)}`;
    const position = given.file.locate(`/access/services/${index}/service`);
    return [{ code: 'FLEET_ACCESS_SERVICE', message, position }];
  });
}
