/** The verbs, with a sentence each; the file of the one that is asked for is loaded. */
import { machineVerbs } from './machine-verbs.ts';
import type { Verb } from './verb.ts';

export const verbs: readonly Verb[] = [
  {
    ...{ name: 'init', usage: '[options] <dir>' },
    about:
      'Make a new fleet repository: a small fleet that works, a policy, CI jobs, hooks, a first signed commit.',
    load: async () => (await import('../init/init.ts')).registerInit,
  },
  {
    ...{ name: 'validate', usage: '[options] [dir]' },
    about: 'Check every file of a fleet repository, and compute what each device should be.',
    load: async () => (await import('../validate/validate.ts')).registerValidate,
  },
  {
    ...{ name: 'device', usage: '' },
    about: 'Add devices, accept their keys, change one or many, have them leave.',
    load: async () => (await import('../device/device.ts')).registerDevice,
  },
  {
    ...{ name: 'release', usage: '[options] <app> <version>' },
    about: 'Resolve the images of an app to digests at their registries and write the release.',
    load: async () => (await import('../release/release.ts')).registerRelease,
  },
  {
    ...{ name: 'assign', usage: '[options] <app> <release>' },
    about: 'Say which release of an app the fleet, a group or a device has.',
    load: async () => (await import('../assign/assign.ts')).registerAssign,
  },
  {
    ...{ name: 'pin', usage: '[options] <device> <app> [release]' },
    about: 'Have a device keep a release of its own, which no rollout moves; until when, and why.',
    load: async () => (await import('../assign/pin.ts')).registerPin,
  },
  {
    ...{ name: 'unpin', usage: '[options] <words...>' },
    about: 'Have devices go with the others again.',
    load: async () => (await import('../assign/pin.ts')).registerUnpin,
  },
  {
    ...{ name: 'maintenance', usage: '[options]' },
    about: 'Say when devices may be updated, or that nothing is to change for now.',
    load: async () => (await import('../maintenance/maintenance.ts')).registerMaintenance,
  },
  {
    ...{ name: 'operator', usage: '' },
    about: 'Have people come and go: their keys, and which devices they reach.',
    load: async () => (await import('../operator/operator.ts')).registerOperator,
  },
  {
    ...{ name: 'app', usage: '' },
    about: 'Add an app from a folder, and remove one.',
    load: async () => (await import('../app/app.ts')).registerApp,
  },
  {
    ...{ name: 'rollout', usage: '' },
    about: 'Let a release walk through the fleet, stage by stage, as signed commits.',
    load: async () => (await import('../rollout/rollout.ts')).registerRollout,
  },
  {
    ...{ name: 'backup', usage: '' },
    about: 'See the backups that devices have of their apps’ data.',
    load: async () => (await import('../backup/backup.ts')).registerBackup,
  },
  {
    ...{ name: 'bundle', usage: '' },
    about: 'Carry signed commits and images to sites without a network, as one file.',
    load: async () => (await import('../bundle/bundle.ts')).registerBundle,
  },
  {
    ...{ name: 'registry', usage: '' },
    about: 'Find and remove images in registries that the fleet needs no more.',
    load: async () => (await import('../registry/registry.ts')).registerRegistry,
  },
  {
    ...{ name: 'render', usage: '[options] <device>' },
    about: 'Show what a device gets, and which file gave each value.',
    load: async () => (await import('../render/render.ts')).registerRender,
  },
  {
    ...{ name: 'plan', usage: '[options] [device]' },
    about: 'Show what a device would do for a commit, and why. The same code plans on the device.',
    load: async () => (await import('../plan/plan.ts')).registerPlan,
  },
  {
    ...{ name: 'review', usage: '' },
    about: 'Say what a branch would do, as one comment on its pull request.',
    load: async () => (await import('../review/review.ts')).registerReview,
  },
  {
    ...{ name: 'diff', usage: '[options] <commit> <other-commit>' },
    about: 'Show what becomes of devices between two commits, those with equal differences together.',
    load: async () => (await import('../diff/diff.ts')).registerDiff,
  },
  {
    ...{ name: 'history', usage: '[options] <device>' },
    about: 'Show the commits that made a device what it is to be, who signed them, and what it said.',
    load: async () => (await import('../history/history.ts')).registerHistory,
  },
  {
    ...{ name: 'status', usage: '[options] [devices...]' },
    about: 'Show what devices last said of themselves; each report is checked against the device’s key.',
    load: async () => (await import('../status/status.ts')).registerStatus,
  },
  {
    ...{ name: 'now', usage: '[options] [devices...]' },
    about: 'Have the gateway tell devices to look now; each says whether it listens.',
    load: async () => (await import('../now/now.ts')).registerNow,
  },
  {
    ...{ name: 'doctor', usage: '[options]' },
    about: 'Look whether this desk has what it needs; `agent doctor` and `gateway doctor` look at theirs.',
    load: async () => (await import('../doctor/doctor.ts')).registerDoctor,
  },
  {
    ...{ name: 'logs', usage: '[options] [device] [service]' },
    about: 'Show what apps on devices have printed, from git alone; -f goes on.',
    load: async () => (await import('../telemetry/logs.ts')).registerLogs,
  },
  {
    ...{ name: 'metrics', usage: '[options] <device> [name]' },
    about: 'Show the metrics of a device, how they are and how they were.',
    load: async () => (await import('../telemetry/metrics.ts')).registerMetrics,
  },
  {
    ...{ name: 'events', usage: '[options] [devices...]' },
    about: 'Show what happened on devices: to containers, to apps, to the agent.',
    load: async () => (await import('../telemetry/events.ts')).registerEvents,
  },
  {
    ...{ name: 'top', usage: '[options] [devices...]' },
    about: 'Show how busy devices are, by their newest metrics.',
    load: async () => (await import('../telemetry/top.ts')).registerTop,
  },
  {
    ...{ name: 'tunnel', usage: '' },
    about: 'Open and close the tunnels of devices by signed commits, and see who is in.',
    load: async () => (await import('../tunnel/tunnel.ts')).registerTunnel,
  },
  {
    ...{ name: 'ssh', usage: '[options] <destination> [command...]' },
    about: 'Come in to a device: its tunnel is opened for as long as you are in.',
    load: async () => (await import('../ssh/ssh.ts')).registerSsh,
  },
  {
    ...{ name: 'ssh-config', usage: '[options]' },
    about: 'Write an OpenSSH configuration for the fleet: its devices by name, and the keys they must show.',
    load: async () => (await import('../ssh/ssh-config.ts')).registerSshConfig,
  },
  {
    ...{ name: 'session', usage: '' },
    about: 'Recordings of sessions: list, play, verify.',
    load: async () => (await import('../session/session.ts')).registerSession,
  },
  {
    ...{ name: 'audit', usage: '[options]' },
    about: 'Show who did what and what happened, find what is missing in it, and write reports.',
    load: async () => (await import('../audit/audit.ts')).registerAudit,
  },
  {
    ...{ name: 'secret', usage: '' },
    about: 'Secrets of apps and registries, opened on devices only.',
    load: async () => (await import('../secret/secret.ts')).registerSecret,
  },
  {
    ...{ name: 'trust', usage: '' },
    about: 'Check, explain and mend what devices trust.',
    load: async () => (await import('../trust/trust.ts')).registerTrust,
  },
  {
    ...{ name: 'portal', usage: '[options]' },
    about: 'Show the fleet as a page on this machine; what is changed there is signed by your own key.',
    load: async () => (await import('../portal/portal.ts')).registerPortal,
  },
  {
    ...{ name: 'show', usage: '[options] <commit>' },
    about: 'Show what a commit, or a change that waits at a portal, is: fingerprint, diff, who must sign.',
    load: async () => (await import('../show/show.ts')).registerShow,
  },
  {
    ...{ name: 'sign', usage: '[options] <file>' },
    about: 'Sign a patch that a portal gave you to take away, with your own key, and push it.',
    load: async () => (await import('../sign/sign.ts')).registerSign,
  },
  {
    ...{ name: 'login', usage: '[options]' },
    about: 'Get an SSH certificate for some hours, from the OpenID provider that the gateway names.',
    load: async () => (await import('../login/login.ts')).registerLogin,
  },
  {
    ...{ name: 'approve', usage: '[options]' },
    about:
      'Vouch for the exact change that this branch makes to main; it survives merge, squash and rebase buttons.',
    load: async () => (await import('../trust/approve.ts')).registerApprove,
  },
  {
    ...{ name: 'timestamp', usage: '[options]' },
    about: 'Sign that main is still what it was: run it every hour, so that devices notice withheld updates.',
    load: async () => (await import('../trust/timestamp.ts')).registerTimestamp,
  },
  ...machineVerbs,
];
