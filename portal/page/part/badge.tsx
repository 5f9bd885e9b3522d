/** A state: its word, a shape of its kind, and a colour that says the same. */
import { sayOf } from '../words/say.ts';
import { Icon, type IconName } from './icon.tsx';

type Tone = 'good' | 'notice' | 'bad' | 'busy' | 'idle';

const icons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  notice: 'triangle',
  bad: 'cross',
  busy: 'arrow',
  idle: 'ring',
};

const tones: Readonly<Record<string, Tone>> = {
  unchanged: 'good',
  applied: 'good',
  healthy: 'good',
  done: 'good',
  complete: 'good',
  yes: 'good',
  progressing: 'busy',
  running: 'busy',
  pending: 'busy',
  connecting: 'busy',
  open: 'busy',
  live: 'busy',
  'rolled-back': 'notice',
  degraded: 'notice',
  stale: 'notice',
  doubtful: 'notice',
  withdrawn: 'notice',
  'open-tunnel': 'notice',
  'old-pin': 'notice',
  'paused-rollout': 'notice',
  'waiting-enrolment': 'notice',
  unknown: 'notice',
  aborted: 'notice',
  failed: 'bad',
  stopped: 'bad',
  fork: 'bad',
  dark: 'bad',
  revoked: 'bad',
  no: 'bad',
};

const shapes: Readonly<Record<string, IconName>> = {
  paused: 'pause',
  'paused-rollout': 'pause',
  dark: 'square',
  fork: 'diamond',
  stopped: 'square',
};

/** @param room of the catalogue that has the words: `standing`, `need` */
export function Badge({ state, room = 'standing' }: { readonly state: string; readonly room?: string }) {
  const tone = tones[state] ?? 'idle';
  return (
    <span class={`badge ${tone}`} data-state={state}>
      <Icon name={shapes[state] ?? icons[tone]} />
      {sayOf(room, state)}
    </span>
  );
}
