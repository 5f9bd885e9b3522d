/** What a verb of the agent is, and the options that most of them have. */

export interface AgentOption {
  readonly type: 'string' | 'boolean';
  /** How the value is shown: `<file>`. */
  readonly value?: string;
  readonly about: string;
  readonly default?: string | boolean;
}

export interface AgentArgument {
  /** `<file>`; what may be left out: `[token]`. */
  readonly name: string;
  /** What may stand there, as the agent's own usage says it. */
  readonly forms: string;
  readonly about: string;
}

export interface AgentVerb {
  readonly about: string;
  readonly arguments?: readonly AgentArgument[];
  readonly options: Readonly<Record<string, AgentOption>>;
  /** Command line and what it is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** Verbs below it: then it does nothing without one. */
  readonly verbs?: Readonly<Record<string, AgentVerb>>;
}

export const config = {
  type: 'string',
  value: '<file>',
  default: '/etc/towline/agent.yaml',
  about: 'agent.yaml (default: /etc/towline/agent.yaml)',
} as const;
export const json = { type: 'boolean', default: false, about: 'one JSON object instead of text' } as const;
/** What enrolment writes into agent.yaml besides what the token says. */
export const places = {
  'state-directory': {
    type: 'string',
    value: '<dir>',
    default: '/var/lib/towline',
    about: 'keys, store, trusted commit (default: /var/lib/towline)',
  },
  'engine-socket': {
    type: 'string',
    value: '<path>',
    about: 'socket of the engine (default: /var/run/docker.sock)',
  },
  'project-prefix': {
    type: 'string',
    value: '<prefix>',
    about: 'put before project names, so that two agents can share an engine',
  },
  'runtime-directory': {
    type: 'string',
    value: '<dir>',
    about: 'folder in memory for opened secrets, of a second agent on this machine (default: /run/towline)',
  },
  proxy: {
    type: 'string',
    value: '<url>',
    about:
      'HTTP proxy for all that goes out (default: $TOWLINE_PROXY, which nobody sees among the processes)',
  },
} as const;
