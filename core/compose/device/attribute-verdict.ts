/** What a device makes of one attribute. */
import type { ErrorCode } from '../../errors.ts';
import type { EngineKey } from './finding.ts';

export interface AttributeVerdict {
  /** `no effect`: taken, and of no consequence on a device. `by policy`: refused unless the device allows it. */
  readonly verdict: 'honoured' | 'resolved' | 'no effect' | 'by policy' | 'refused';
  readonly why: string;
  /** The code of the refusal. */
  readonly code?: ErrorCode;
  /** The keys of `engine` that allow it, where it is by policy; none: no key does. */
  readonly keys?: readonly EngineKey[];
}

export const refused = (why: string, code: ErrorCode = 'COMPOSE_UNSUPPORTED'): AttributeVerdict => ({
  verdict: 'refused',
  why,
  code,
});
export const policy = (why: string, ...keys: readonly EngineKey[]): AttributeVerdict => ({
  verdict: 'by policy',
  why,
  code: keys[0] === 'bindRoots' ? 'COMPOSE_BIND_REFUSED' : 'COMPOSE_POLICY_REFUSED',
  keys,
});
export const resolved = (why: string): AttributeVerdict => ({ verdict: 'resolved', why });
export const noEffect = (why: string): AttributeVerdict => ({ verdict: 'no effect', why });
export const honoured = (why: string): AttributeVerdict => ({ verdict: 'honoured', why });
