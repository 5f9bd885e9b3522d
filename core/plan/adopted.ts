/**
 * What docker compose has made and an app takes over. Labels of a container cannot be changed while it runs, and nothing is
 * remembered: each pass compares anew, until a change makes a container that bears ours. Networks and volumes stay theirs.
 */
import { networkName } from '../desired/service-networks.ts';
import type { DesiredProject } from '../desired/state.ts';
import { printable } from '../shown-text.ts';
import { atMost, someOf } from '../some-of.ts';
import type { MadeCompared, ObservedContainer, ObservedNetwork, ObservedState } from './observed.ts';
import { type Kept, namedDifferences } from './volume-changes.ts';

/** Whether the app may take over what docker compose has made under its project's name. */
export function adopts({ adopt, name }: DesiredProject, { adopting }: ObservedState): boolean {
  return adopt === true && adopting?.has(name) === true;
}

/** Why a container of docker compose is made anew, or undefined: it stays as it is. @param hash of the definition */
export function adoptedReason(adopted: ReadonlyMap<string, MadeCompared>, hash: string): string | undefined {
  const compared = adopted.get(hash);
  if (compared === undefined) return 'docker compose made it of another definition';
  const { differs } = compared;
  if (differs.length === 0) return undefined;
  return `docker compose made it otherwise: ${someOf(differs, namedDifferences)}`;
}

/** Whether it is what a definition of its service asks for, whoever has made it. @param hash of the definition */
export function isAsDefined({ adopted, hash: own }: ObservedContainer, hash: string): boolean {
  return adopted === undefined ? own === hash : adoptedReason(adopted, hash) === undefined;
}

/** Why a container can neither stay nor be made anew, or undefined. */
export function refusedData(container: ObservedContainer | undefined, hash: string): string | undefined {
  return container?.adopted?.get(hash)?.refusal;
}

/** Why nothing is touched: what runs under the project's name is not the app's to take. */
export function adoptionRefusal(project: DesiredProject, observed: ObservedState): string | undefined {
  if (adopts(project, observed)) return otherwiseNamed(project, observed);
  if (project.adopt !== true) {
    // Seen as the last good state's; by the next pass it would be a stranger.
    const taken = observed.containers.find(one => one.project === project.name && one.adopted !== undefined);
    if (taken === undefined) return undefined;
    return `${taken.name} was taken over from docker compose, and this state does not say adopt: true`;
  }
  const running = observed.foreign.find(({ compose }) => isOf(project, compose) && !compose?.oneOff);
  if (running === undefined) return undefined;
  return `${running.name} is of the Compose project ${project.name}, which engine.adopt of the device's file does not name`;
}

const bare = (name: string): string => name.replace(/[_-]/g, '');

/** As docker compose before 1.21 called it, or by an underscore: under the app's name everything would begin anew, volumes too. */
function otherwiseNamed(
  { name }: DesiredProject,
  { containers, foreign }: ObservedState,
): string | undefined {
  if (containers.some(({ project }) => project === name)) return undefined;
  const other = foreign.find(({ compose }) => {
    const is = compose?.project ?? name;
    return is !== name && bare(is) === bare(name);
  });
  if (other === undefined) return undefined;
  return `${other.name} is of the Compose project ${word(other.compose?.project)}, which is not called as the app: where that is another one, take adopt: true out`;
}

const isOf = ({ name }: DesiredProject, mark: { readonly project: string } | undefined): boolean =>
  mark?.project === name;

/** The network that docker compose has made for a key of the project: it is used as it is. */
export function adoptedNetwork(
  project: DesiredProject,
  key: string,
  observed: ObservedState,
): ObservedNetwork | undefined {
  if (!adopts(project, observed)) return undefined;
  const name = networkName(project.model, key);
  const named = observed.networks.filter(network => network.name === name);
  // A second one is ours, of a pass that did not know this one: then it is as without adoption.
  if (named.some(({ owner }) => owner?.project === project.name)) return undefined;
  return named.find(({ owner, compose }) => owner === undefined && isOf(project, compose));
}

function keptNetwork(project: DesiredProject, key: string, observed: ObservedState): Kept[] {
  const network = adoptedNetwork(project, key, observed);
  const { driver, driver_opts: options = {} } = project.model.networks?.[key] ?? {};
  if (network?.made === undefined) return [];
  const { made } = network;
  const differs = [
    ...(driver === undefined || driver === made.driver ? [] : ['driver']),
    ...Object.keys(options).flatMap(option =>
      options[option] === made.options[option] ? [] : [`driver_opts.${option}`],
    ),
  ];
  if (differs.length === 0) return [];
  const message = `network ${network.name} was made by docker compose, and otherwise (${someOf(differs, namedDifferences)}): it is used as it is`;
  return [{ code: 'ENGINE_NETWORK_KEPT', message }];
}

/** So many are named one by one. */
const mostLeft = 20;

/** Of a label, which whoever may start a container writes as they like. */
const word = (text: string | undefined): string => printable((text ?? '').slice(0, 60));

/** What the app has taken over and is otherwise, and what runs beside it and is not the app's: none of it is removed. */
export function leftByAdoption(project: DesiredProject, observed: ObservedState): Kept[] {
  if (!adopts(project, observed)) return [];
  const left = observed.foreign
    .filter(({ compose }) => isOf(project, compose))
    .map(({ name, compose }) => {
      const what = compose?.oneOff ? 'of `docker compose run`' : 'that the app does not name';
      return `${name}, of service ${word(compose?.service)} ${what}, is left as it is`;
    });
  return [
    ...Object.keys(project.model.networks ?? {}).flatMap(key => keptNetwork(project, key, observed)),
    ...atMost(left, mostLeft, ' containers of the Compose project are left as they are').map(
      (message): Kept => ({ code: 'ENGINE_CONTAINER_KEPT', message, harmless: true }),
    ),
  ];
}
