/** `towline agent backup`: what a person at the device does with the data of apps, as data. */
import { type AgentVerb, config, json } from './agent-verb.ts';

const app = { name: '<app>', forms: 'APP', about: 'name of the app' } as const;

export const backupVerbs = {
  about: 'the backups that lie on this device: list them, put one back, copy one out; needs no network',
  options: {},
  examples: [
    ['towline agent backup list', 'what there is'],
    ['towline agent backup restore shop latest', 'the newest backup of an app takes the place of its data'],
  ],
  verbs: {
    list: {
      about: 'list the backups on this device, what a restore has put aside, and restores that wait',
      arguments: [{ name: '[app]', forms: 'APP', about: 'of this app alone' }],
      options: { config, json },
      examples: [
        ['towline agent backup list', 'of all apps'],
        ['towline agent backup list shop --json', 'of one, for a script'],
      ],
    },
    restore: {
      about:
        'put a backup back now; what is there stays aside until the app is healthy. Exits with 0 when it is, 5 when it waits or failed',
      arguments: [
        app,
        {
          name: '<backup>',
          forms: 'BACKUP|latest|aside',
          about: 'id of the backup, `latest`, or `aside`: what the last restore has put aside',
        },
      ],
      options: {
        migrate: {
          type: 'boolean',
          default: false,
          about: 'the app reads data of the release that the backup is of, which is another one',
        },
        config,
        json,
      },
      examples: [
        ['towline agent backup restore shop latest', 'the newest one on this device'],
        [
          'towline agent backup restore shop 20261130T041500Z-1a2b3c4d --migrate',
          'one of another release, or one that only the store of the app has',
        ],
        ['towline agent backup restore shop aside', 'the app is not healthy with it: what was there before'],
      ],
    },
    cancel: {
      about: 'take back a restore that was asked for at the device and has not begun',
      arguments: [app],
      options: { config, json },
      examples: [['towline agent backup cancel shop', 'the disk has no room for it: let it be']],
    },
    export: {
      about: 'copy a backup into a folder, such as that of a USB stick, and compare it with its manifest',
      arguments: [app, { name: '<backup>', forms: 'BACKUP|latest', about: 'id of the backup, or `latest`' }],
      options: {
        out: {
          type: 'string',
          value: '<dir>',
          about: 'a new or empty folder (default: the id of the backup)',
        },
        config,
        json,
      },
      examples: [
        [
          'towline agent backup export shop latest --out /media/stick/shop',
          'each volume as a .tar.zst, with its manifest',
        ],
      ],
    },
  },
} as const satisfies AgentVerb;
