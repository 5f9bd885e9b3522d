/** Secret variables that a service takes into its environment: entries without a value. */

import type { DesiredProject } from '../desired/state.ts';

/** @returns their names, in the model's order */
export function secretEnvironment(project: DesiredProject, service: string): string[] {
  const { secrets } = project;
  if (secrets === undefined) return [];
  const { environment = {} } = project.model.services[service] ?? {};
  return Object.keys(environment).filter(name => environment[name] === null && secrets.variables.has(name));
}
