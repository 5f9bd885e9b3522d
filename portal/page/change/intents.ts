/** What a person may want, as a button asks for it. */
import { say } from '../words/say.ts';
import type { ProposeProperties } from './propose.tsx';

type Apps = readonly string[];

const reason = { name: 'reason', label: 'change.reason' } as const;

/** What was typed, under its name; nothing where nothing was. */
const given = (
  values: Readonly<Record<string, string>>,
  ...names: readonly string[]
): Record<string, string> =>
  Object.fromEntries(
    names.flatMap(name => {
      const value = values[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

const appField = (apps: Apps) => ({
  name: 'app',
  label: 'change.app' as const,
  options: [['', say('change.app.all')] as const, ...apps.map(app => [app, app] as const)],
});

export const pauseDevices = (devices: readonly string[], apps: Apps, label: string): ProposeProperties => ({
  label,
  title: say('change.pause-device', { devices: devices.join(', ') }),
  fields: apps.length === 0 ? [reason] : [appField(apps), reason],
  intent: values => ({ intent: 'pause-device', devices: [...devices], ...given(values, 'app', 'reason') }),
});

export const resumeDevices = (devices: readonly string[], apps: Apps, label: string): ProposeProperties => ({
  label,
  title: say('change.resume-device', { devices: devices.join(', ') }),
  fields: apps.length === 0 ? [] : [appField(apps)],
  intent: values => ({ intent: 'resume-device', devices: [...devices], ...given(values, 'app') }),
});

export const openTunnel = (device: string): ProposeProperties => ({
  label: say('device.do.open-tunnel'),
  title: say('change.open-tunnel', { devices: device }),
  fields: [
    { name: 'for', label: 'change.for', hint: say('change.for.hint'), value: '2h' },
    reason,
    { name: 'allow', label: 'change.allow' },
  ],
  intent: ({ allow, ...values }) => ({
    intent: 'open-tunnel',
    device,
    ...given(values, 'for', 'reason'),
    ...(allow === undefined ? {} : { allow: allow.split(/[\s,]+/).filter(name => name !== '') }),
  }),
});

export const closeTunnel = (device: string): ProposeProperties => ({
  label: say('device.do.close-tunnel'),
  title: say('change.close-tunnel', { devices: device }),
  intent: () => ({ intent: 'close-tunnel', device }),
});

export const pinRelease = (device: string, apps: Apps): ProposeProperties => ({
  label: say('device.do.pin'),
  title: say('change.pin', { release: say('change.release'), devices: device }),
  fields: [
    { name: 'app', label: 'change.app', options: apps.map(app => [app, app] as const), value: apps[0] ?? '' },
    { name: 'release', label: 'change.release', required: true },
    { name: 'until', label: 'change.until', hint: '2026-12-31' },
    reason,
  ],
  intent: ({ app = '', release = '', ...values }) => ({
    intent: 'pin',
    device,
    app,
    release,
    ...given(values, 'until', 'reason'),
  }),
});

export const unpin = (device: string, app: string): ProposeProperties => ({
  label: say('device.do.unpin'),
  title: say('change.unpin', { app, devices: device }),
  intent: () => ({ intent: 'unpin', device, app }),
});

export const assignRelease = (app: string, releases: readonly string[], to?: string): ProposeProperties => ({
  label: say('device.do.assign'),
  title: say('change.assign-release', { release: app, devices: to ?? '…' }),
  fields: [
    {
      name: 'release',
      label: 'change.release',
      required: true,
      ...(releases.length === 0
        ? {}
        : { options: releases.map(one => [one, one] as const), value: releases[0] ?? '' }),
    },
    ...(to === undefined
      ? [
          {
            name: 'kind',
            label: 'change.to' as const,
            value: 'group',
            options: [
              ['group', say('change.to.group')],
              ['device', say('change.to.device')],
            ] as const,
          },
          { name: 'to', label: 'people.name' as const, required: true },
        ]
      : []),
  ],
  intent: ({ release = '', kind, to: typed }) => ({
    intent: 'assign-release',
    app,
    release,
    ...(to === undefined && kind === 'group' ? { group: typed ?? '' } : { device: to ?? typed ?? '' }),
  }),
});

export type RolloutIntent = 'promote-rollout' | 'pause-rollout' | 'resume-rollout' | 'abort-rollout';

export const rolloutChange = (rollout: string, intent: RolloutIntent): ProposeProperties => ({
  label: say(`rollout.do.${intent}`),
  title: say(`change.${intent}`, { rollout }),
  fields:
    intent === 'promote-rollout'
      ? [
          {
            name: 'now',
            label: 'change.now',
            options: [
              ['', say('word.no')],
              ['yes', say('word.yes')],
            ],
          },
        ]
      : intent === 'resume-rollout'
        ? []
        : [reason],
  intent: ({ now, reason: why }) => {
    if (intent === 'promote-rollout') return { intent, rollout, ...(now === undefined ? {} : { now: true }) };
    if (intent === 'resume-rollout' || why === undefined) return { intent, rollout };
    return { intent, rollout, reason: why };
  },
});
