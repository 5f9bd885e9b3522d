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
