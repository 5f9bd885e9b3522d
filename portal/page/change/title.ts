/** What a change does, in one line. */
import type { Intent } from '../api/answers.ts';
import { say } from '../words/say.ts';

export function changeTitle(intent: Intent): string {
  const values: Record<string, string> = {};
  if ('devices' in intent) values.devices = intent.devices.join(', ');
  if ('device' in intent && intent.device !== undefined) values.devices = intent.device;
  if ('group' in intent && intent.group !== undefined) values.devices = intent.group;
  if ('rollout' in intent) values.rollout = intent.rollout;
  if ('app' in intent && intent.app !== undefined) values.app = intent.app;
  if ('release' in intent) values.release = `${intent.app} ${intent.release}`;
  return say(`change.${intent.intent}`, values);
}
