/**
 * A container of docker compose that an app changes when it takes it over for the first time: no state of the app was good
 * here, so it is kept itself until the app is healthy. All that is to be known of it stands in its name, for a device may
 * lose what it remembers: `<its id12>_kept.<restart policy>.<retries>.<up|down>_<name>`.
 */
import { isUp, type ObservedContainer } from './observed.ts';
import { setAside } from './temporary-name.ts';

/** As it was. */
export interface KeptContainer {
  readonly name: string;
  readonly restart: { readonly name: string; readonly retries: number };
  /** Whether it ran. */
  readonly ran: boolean;
}

const form = /^([0-9a-f]{12})_kept\.(no|always|unless-stopped|on-failure)\.(\d{1,9})\.(up|down)_(.+)$/;

/** @returns undefined for one that is not kept */
export function keptContainer({
  id,
  name,
}: Pick<ObservedContainer, 'id' | 'name'>): KeptContainer | undefined {
  const [, own, policy, retries, state, before] = form.exec(name) ?? [];
  if (own === undefined || policy === undefined || before === undefined || !id.startsWith(own))
    return undefined;
  return { name: before, restart: { name: policy, retries: Number(retries) }, ran: state === 'up' };
}

/** As it is now. @param owed ids of containers whose start is owed: they would run */
export function asItIs(container: ObservedContainer, owed: readonly string[]): KeptContainer {
  const { restartPolicy = 'no', restartRetries = 0 } = container.inspection?.limits ?? {};
  return {
    name: container.name,
    restart: { name: restartPolicy, retries: restartRetries },
    ran: isUp(container) || owed.includes(container.id),
  };
}

/** Its name while it is kept. */
export function keptName(container: ObservedContainer, owed: readonly string[]): string {
  const { name, restart, ran } = asItIs(container, owed);
  return setAside(container, `kept.${restart.name}.${restart.retries}.${ran ? 'up' : 'down'}_${name}`);
}

/** Whether an engine that starts anew would bring it back beside the one that has its place. */
export function wouldComeBack({ inspection }: ObservedContainer): boolean {
  return (inspection?.limits.restartPolicy ?? 'no') !== 'no';
}
