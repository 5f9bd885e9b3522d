/** What somebody is told who may not. */
import type { Refusal, Wanted } from '../../../core/access/judge.ts';

const words: Readonly<Record<Refusal, string>> = {
  unreachable: 'there is no such thing here, or not for you',
  revoked: 'this device is revoked',
  closed: 'the tunnel is closed',
  certificate: 'this device takes no certificates, or yours is over',
  'via-gateway': 'not by a session that the gateway ends: come with `ssh -J`',
  unrecorded: 'sessions on this device are recorded, and this way cannot be',
};

export function refusalWords(why: Refusal): string {
  return words[why];
}

/** For a log line and a record: what somebody wanted. */
export function wantedWords(wanted: Wanted): string {
  switch (wanted.kind) {
    case 'server':
      return 'log in';
    case 'target':
      return `target ${wanted.name}`;
    case 'service':
      return `service ${wanted.app}.${wanted.service}`;
    case 'login':
      return `login ${wanted.user}`;
    case 'watch':
      return 'logs and status';
  }
}
