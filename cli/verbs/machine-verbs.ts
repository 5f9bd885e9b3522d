/** Verbs for machines, and for the shell on one; they stand last. */
import type { Verb } from './verb.ts';

export const machineVerbs: readonly Verb[] = [
  {
    ...{ name: 'firewall', usage: '' },
    about: 'Print rules of nftables for a device, a gateway or a registry, from the fleet’s own facts.',
    load: async () => (await import('../firewall/firewall.ts')).registerFirewall,
  },
  {
    ...{ name: 'lab', usage: '' },
    about: 'A fleet on this machine, built like production: make it, disturb it, try things in it.',
    load: async () => (await import('../lab/lab.ts')).registerLab,
  },
  {
    ...{ name: 'agents', usage: '' },
    about: 'List versions of the agent, bring them to the gateway, see who runs which.',
    load: async () => (await import('../agents/agents.ts')).registerAgents,
  },
  {
    ...{ name: 'agent', usage: '[options]' },
    about: 'run the agent of a device: fetch, verify, apply and report, by its schedule or once',
    load: async () => (await import('../agent/agent.ts')).registerAgent,
  },
  {
    ...{ name: 'gateway', usage: '[options]' },
    about: 'run the gateway: where devices fetch and report, and people come in',
    load: async () => (await import('../gateway/gateway.ts')).registerGateway,
  },
  {
    ...{ name: 'completion', usage: '<shell>' },
    about: 'Print a script that completes verbs and options in your shell.',
    load: async () => (await import('../completion/completion.ts')).registerCompletion,
  },
];
