/** The command that makes the same change at a desk. */
import type { Intent } from '../api/types.generated.ts';

/** For a shell: what is not plain stands in single quotes. */
const quoted = (text: string): string =>
  /^[A-Za-z0-9_./:=+@,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const option = (name: string, value: string | undefined): string[] =>
  value === undefined ? [] : [name, value];

export const commandOf = (asked: Intent): string => ['towline', ...wordsOf(asked)].map(quoted).join(' ');

function wordsOf(asked: Intent): string[] {
  switch (asked.intent) {
    case 'pause-device':
    case 'resume-device': {
      const verb = asked.intent === 'pause-device' ? 'pause' : 'resume';
      return ['device', verb, ...asked.devices, ...option('--app', asked.app)];
    }
    case 'open-tunnel': {
      const { device, for: length, reason, allow = [] } = asked;
      const allowed = allow.flatMap(name => ['--allow', name]);
      return [
        'tunnel',
        'open',
        device,
        ...option('--for', length),
        ...option('--reason', reason),
        ...allowed,
      ];
    }
    case 'close-tunnel':
      return ['tunnel', 'close', asked.device];
    case 'promote-rollout':
      return ['rollout', 'promote', asked.rollout, ...(asked.now === true ? ['--now'] : [])];
    case 'pause-rollout':
      return ['rollout', 'pause', asked.rollout, ...option('--reason', asked.reason)];
    case 'resume-rollout':
      return ['rollout', 'resume', asked.rollout];
    case 'abort-rollout':
      return ['rollout', 'abort', asked.rollout, ...option('--reason', asked.reason)];
    case 'assign-release': {
      const { app, release, device, group } = asked;
      return ['assign', app, release, ...option('--device', device), ...option('--group', group)];
    }
    case 'pin': {
      const { device, app, release, until, reason } = asked;
      return ['pin', device, app, release, ...option('--until', until), ...option('--reason', reason)];
    }
    case 'unpin':
      return ['unpin', asked.device, asked.app];
  }
}
