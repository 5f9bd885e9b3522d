import { isList, isMapping, type Mapping } from '../value/value.ts';

/**
 * Whether one of the service's profiles, if it has any, is active; `*` activates all. Where none is asked for, the one
 * without a name is active, which is what a variable without value leaves.
 */
function isActive(service: Mapping, asked: readonly string[]): boolean {
  const own = isList(service.profiles) ? service.profiles : [];
  const profiles = asked.length === 0 ? [''] : asked;
  return (
    own.length === 0 || profiles.includes('*') || own.some(profile => profiles.includes(String(profile)))
  );
}

/** The services that the active profiles leave out. */
export function inactiveServices(services: Mapping, profiles: readonly string[]): Set<string> {
  const names = Object.keys(services).filter(name => {
    const service = services[name];
    return isMapping(service) && !isActive(service, profiles);
  });
  return new Set(names);
}
