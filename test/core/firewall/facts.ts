/** Devices whose facts tests write down. */
import { networkName } from '../../../core/desired/service-networks.ts';
import type { DesiredProject, DesiredState } from '../../../core/desired/state.ts';
import { withBridgeNames } from '../../../core/egress/bridge-name.ts';
import type { Egress } from '../../../core/egress/egress.ts';
import type { SiteFacts } from '../../../core/firewall/device-facts.ts';
import { deviceFacts } from '../../../core/firewall/device-facts.ts';
import type { FirewallQuestion } from '../../../core/firewall/rules.ts';
import { makeDesired, makeProject, type ProjectInput } from '../../../lab/rig/desired.ts';

/** @param egress absent: the app's file says nothing of it */
export function appWith(name: string, input: ProjectInput, egress?: Egress): DesiredProject {
  const project = makeProject(name, input);
  if (egress === undefined) return project;
  return { ...project, egress, model: withBridgeNames(project.model, networkName) };
}

export const gateway = (address: string) => ({ address, tlsPins: [], sshHostKeys: [] });

export const site: SiteFacts = { dns: ['10.77.0.1'], ntp: ['10.77.0.1'] };

export function deviceQuestion(
  projects: readonly DesiredProject[],
  {
    state = {},
    site: own = site,
  }: { readonly state?: Partial<DesiredState>; readonly site?: SiteFacts } = {},
): Extract<FirewallQuestion, { kind: 'device' }> & { readonly state: DesiredState } {
  const desired = {
    ...makeDesired('pump-1', projects),
    gateways: [gateway('gw.example.com:8443')],
    ...state,
  };
  return { kind: 'device', facts: deviceFacts(desired, own), state: desired };
}
