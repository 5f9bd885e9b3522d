/** Why a version that is here is not put on trial yet. A trial restarts the agent: no app is touched, but people are cut off. Pure. */
import type { DeviceSettings } from '../../core/desired/state.ts';
import { describeWindows, updatesAllowed } from '../../core/plan/maintenance-window.ts';
import { timeWord } from '../../core/time-word.ts';
import type { PassFacts } from '../pass/pass-facts.ts';

export interface Circumstances {
  readonly facts: PassFacts;
  /** Of the newest commit that could be read; undefined: none could. */
  readonly settings: Pick<DeviceSettings, 'paused' | 'windows'> | undefined;
  /** A person at the device asked for the pass: no waiting for windows or for visitors. */
  readonly urgent: boolean;
  readonly nowMs: number;
  /** People are in, by the tunnel. */
  readonly isVisited: boolean;
  /** It has waited for them so long, milliseconds. */
  readonly waitedMs: number;
}

/** Then whoever left a session open is cut. */
const longestVisitMs = 4 * 60 * 60_000;

/** @returns for people; undefined: now */
export function waitsFor(circumstances: Circumstances): string | undefined {
  const { facts, settings, urgent, nowMs, isVisited, waitedMs } = circumstances;
  const { heldUntilMs, fetchError, carried } = facts;
  if (settings?.paused === true) return 'the device is paused';
  if (heldUntilMs !== undefined) return `held on the device until ${timeWord(heldUntilMs)}`;
  if (fetchError !== undefined && carried?.byBundle === undefined) return 'waits for the gateway';
  if (urgent) return undefined;
  const { windows = [] } = settings ?? {};
  if (!updatesAllowed(windows, nowMs)) return `waits for a window: ${describeWindows(windows)}`;
  if (isVisited && waitedMs < longestVisitMs) return 'waits until nobody is in by the tunnel any more';
  return undefined;
}

/** The pass came to its end, and knows how the apps are. */
export function isWhole({ error, engineError, applied, staleMessage }: PassFacts): boolean {
  return (
    error === undefined && engineError === undefined && applied !== undefined && staleMessage === undefined
  );
}
