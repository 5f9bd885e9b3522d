/**
 * The verbs of the agent, as data: `towline agent` asks and completes them (cli/agent/agent.ts), the agent's own
 * program reads them (agent/main.ts). Options have the form that `parseArgs` of Node takes, with what a person reads.
 */
import { backupVerbs } from './agent-backup-verbs.ts';
import { type AgentVerb, config, json, places } from './agent-verb.ts';

const jsonLines = {
  type: 'boolean',
  default: false,
  about: 'one JSON object for each state: waiting, accepted',
} as const;

/** `towline agent` without a verb. */
export const agentRun = {
  about: 'run the agent of a device: fetch, verify, apply and report, by its schedule or once',
  options: {
    config,
    once: { type: 'boolean', default: false, about: 'one pass; says how it went, by its exit code too' },
    json: { type: 'boolean', default: false, about: 'with --once: how the pass went, as one JSON object' },
    'json-log': { type: 'boolean', default: false, about: 'the log as lines of JSON on a terminal, too' },
  },
  examples: [
    ['towline agent', 'run it in the foreground; SIGTERM ends a pass cleanly'],
    ['towline agent --config agent.yaml --once', 'one pass, now'],
    ['towline agent enroll --token-file token', 'on a new device'],
  ],
} as const satisfies AgentVerb;

export const agentVerbs = {
  now: {
    about:
      'let the agent that runs here look now, without waiting for a window; the exit code says how it ended',
    options: { config, json },
    examples: [['towline agent now', 'after a push, at the device']],
  },
  status: {
    about: 'what the agent that runs here last said of this device, also where no gateway can be asked',
    options: { config, json },
    examples: [['towline agent status', 'at the device: trusted commit, apps, tunnel, what is wrong']],
  },
  doctor: {
    about: 'look whether this device has what it needs; exits with 0, 1 for warnings, 2 for failures',
    options: {
      config,
      json,
      bundle: {
        type: 'string',
        value: '<file>',
        about: 'also write an archive for support (.tar.gz), without secrets',
      },
    },
    examples: [
      ['towline agent doctor', 'at the device, as its user or as root'],
      ['towline agent doctor --bundle pump-17.tar.gz', 'and something to send to support'],
    ],
  },
  hold: {
    about: 'touch no project on this device for a while; what runs stays, the status says so',
    options: {
      for: {
        type: 'string',
        value: '<duration>',
        about: 'such as 30m, 2h or 7d; at most 31d (default: 1h)',
      },
      config,
      json,
    },
    examples: [['towline agent hold --for 2h', 'while somebody works at the machine']],
  },
  release: {
    about: 'take a hold back',
    options: { config, json },
    examples: [['towline agent release', 'updates go on']],
  },
  'self-test': {
    about: 'look whether this version could run here: one that runs asks it of its successor',
    options: { config, json },
    examples: [['towline agent self-test', 'configuration, keys, trusted commit, engine']],
  },
  backup: backupVerbs,
  import: {
    about:
      'take in a bundle that was carried here (`towline bundle create`) and carry it out; the exit code says how the pass ended',
    arguments: [{ name: '<file>', forms: 'FILE|-', about: 'the bundle; `-` reads it from standard input' }],
    options: { config, json },
    examples: [
      ['towline agent import /media/stick/pump-17.tlb', 'at the device, as root or the user of its agent'],
      ["ssh desk 'cat pump-17.tlb' | towline agent import -", 'without a file in between'],
    ],
  },
  'export-status': {
    about:
      'write what this device has to say into a file, for a person to carry to a desk (`towline bundle take-back`); it acknowledges nothing',
    arguments: [{ name: '<file>', forms: 'FILE|-', about: 'where to; `-` writes it to standard output' }],
    options: { config, json },
    examples: [
      ['towline agent export-status /media/stick/pump-17.status', 'at a device that no gateway reaches'],
    ],
  },
  enroll: {
    about: "make this device's keys, state them at the gateway, wait until a person accepts them",
    arguments: [
      {
        name: '[token]',
        forms: 'TOKEN|-',
        about: 'from `towline device add`; `-` reads it from standard input',
      },
    ],
    options: {
      'token-file': {
        type: 'string',
        value: '<file>',
        about: 'read the token from a file: nobody sees it among the processes',
      },
      config,
      ...places,
      start: {
        type: 'boolean',
        default: false,
        about: 'start the agent once it is accepted: systemctl start towline-agent',
      },
      'no-wait': { type: 'boolean', default: false, about: 'return once the statement is at the gateway' },
      json: jsonLines,
    },
    examples: [
      ['towline agent enroll --token-file /media/stick/token', 'a new device'],
      ['towline agent enroll --start --token-file /media/stick/token', 'and runs once it is accepted'],
      ['towline agent enroll - --no-wait < token', 'from a script'],
    ],
  },
  'rotate-keys': {
    about: 'make new keys for this device, state them under the old ones, wait until they are accepted',
    options: {
      config,
      'no-wait': {
        type: 'boolean',
        default: false,
        about: 'return once the statement is at the gateway; the same command again ends the change',
      },
      json: jsonLines,
    },
    examples: [['towline agent rotate-keys', 'then, at your desk: towline device accept ID']],
  },
  'certs-d': {
    about:
      'give the engine of this device a key of its own, with which `docker pull GATEWAY/REGISTRY/IMAGE` works; as root',
    options: {
      config,
      dir: {
        type: 'string',
        value: '<dir>',
        default: '/etc/docker/certs.d',
        about: 'where the engine looks for keys (default: /etc/docker/certs.d)',
      },
      renew: {
        type: 'boolean',
        default: false,
        about: 'a new key, in place of the one that is there',
      },
      json,
    },
    examples: [
      [
        'towline agent certs-d',
        'then, at your desk: the line that it shows; again when a gateway has new keys',
      ],
      ['towline agent certs-d --dir /etc/containers/certs.d', 'for Podman'],
      [
        'towline agent certs-d --renew',
        'another key: the engine pulls nothing by hand until the file of the device names it',
      ],
    ],
  },
  're-anchor': {
    about:
      'begin the walk at another commit, at the device: only for a fleet that lost its root, or a device that was shown another history',
    arguments: [
      {
        name: '[token]',
        forms: 'TOKEN|-|COMMIT',
        about: 'from `towline device add ID --re-anchor`; `-`, or the full id of a commit that you verified',
      },
    ],
    options: {
      'token-file': { type: 'string', value: '<file>', about: 'read the token from a file' },
      config,
      json,
    },
    examples: [['towline agent re-anchor --token-file /media/stick/token', 'after the fleet got a new root']],
  },
} as const satisfies Readonly<Record<string, AgentVerb>>;

export type AgentVerbName = keyof typeof agentVerbs;

export function isAgentVerb(word: string | undefined): word is AgentVerbName {
  return word !== undefined && Object.hasOwn(agentVerbs, word);
}
