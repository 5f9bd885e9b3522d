import { defineErrors } from './definition.ts';

/** How an agent comes to another version of itself: docs/decisions/self-update.md. */
export const agentUpdateErrors = defineErrors({
  AGENT_UPDATE_LAUNCHER: {
    cause:
      'The agent was not started by the launcher of its package, or its launcher reads another stateDirectory: nothing could start another version, or come back from it.',
    remedy:
      'Start it as deploy/systemd/towline-agent.service does, by `launch agent --config FILE`. Where packages are to replace the agent, take `agent` out of the fleet’s files.',
    next: 'person',
  },
  AGENT_UPDATE_PLATFORM: {
    cause: 'The version is listed in trust/agents, and has no parts for the platform of this device.',
    remedy: 'Choose another version for this device, or have root list one with parts for its platform.',
    next: 'wait-commit',
  },
  AGENT_UPDATE_MISSING: {
    cause: 'The gateway has not got a part of the version.',
    remedy: 'Bring the parts to the gateway: `towline agents push FOLDER`. The device asks again by itself.',
    next: 'retry',
  },
  AGENT_UPDATE_BYTES: {
    cause:
      'What came as a part of the version is not what root has listed: it has another hash or another length. Nothing of it is used.',
    remedy:
      'The device asks again by itself. Where it stays so, look at the disks of the gateway and of the device.',
    next: 'retry',
  },
  AGENT_UPDATE_PART: {
    cause:
      'A part that root has listed is no archive of the form that parts have (files and folders, no links, bounded), or lacks what an agent is made of. The version is set aside by its digest.',
    remedy: 'Find out how it came to be listed. Make the packages anew, and have root list their parts.',
    next: 'wait-commit',
  },
  AGENT_UPDATE_SELF_TEST: {
    cause:
      'The version was started beside the one that runs, to look whether it could run here, and could not: it is of another architecture, or cannot read the configuration, the keys or the trusted commit. It is set aside by its digest.',
    remedy:
      '`status` has what it said. Correct the version, or what it cannot read, then list it anew: another digest is tried again.',
    next: 'wait-commit',
  },
  AGENT_UPDATE_UNTESTED: {
    cause:
      'The self-test of the version came to no end that says anything about it: it took too long, the engine does not answer, or nothing may be executed from the state directory.',
    remedy:
      'Nothing, if the device is merely busy: it is tried again. /var must not be mounted with noexec where agents update themselves.',
    next: 'retry',
  },
  AGENT_UPDATE_STATE: {
    cause: 'The version reads an older form of the agent’s state than the one that lies on the device.',
    remedy:
      'Choose a version whose `stateFormat` in trust/agents is not lower. To go back all the same, re-enrol the device.',
    next: 'wait-commit',
  },
  AGENT_UPDATE_CRASHED: {
    cause:
      'The version ended by a fault each time it was started, three times in one boot. The one before runs again; this one is set aside by its digest.',
    remedy: 'The journal of the device has its last words. Correct it, and list it anew.',
    next: 'wait-commit',
  },
  AGENT_UPDATE_HUNG: {
    cause:
      'The version did not come up, or stopped to turn, and the service manager killed it. The one before runs again; this one is set aside by its digest.',
    remedy: 'The journal of the device has its last words. Correct it, and list it anew.',
    next: 'wait-commit',
  },
  AGENT_UPDATE_SILENT: {
    cause:
      'The version ran for ten minutes without a whole pass and a status that the gateway acknowledged. The one before runs again and can report: this one is set aside by its digest.',
    remedy: 'Look at its log in the journal of the device. Correct it, and list it anew.',
    next: 'wait-commit',
  },
  AGENT_UPDATE_CUT: {
    cause:
      'The version did not get through its trial, and nothing says that it was its fault: power was cut, the device was restarted, or the one before cannot report either.',
    remedy: 'Nothing: it is tried again later, each time after a longer while.',
    next: 'retry',
  },
  AGENT_UPDATE_DAMAGED: {
    cause:
      'Files of a version on the disk are not what was written there. What runs is the version before, or what the package brought.',
    remedy: 'Nothing: it is brought anew. Where it happens again, the disk of the device fails.',
    next: 'retry',
  },
});

/** Versions of the agent: what root lists, what devices choose, the bytes of them. */
export const agentVersionErrors = defineErrors({
  AGENT_VERSION_UNLISTED: {
    cause:
      '`agent.version` of fleet.yaml, a group or a device, or a rollout of the agent, names a version that no file below trust/agents lists, or one whose file cannot be read.',
    remedy:
      'Correct the version (`towline agents list`), or have root add it: `towline agents add FOLDER` writes trust/agents/VERSION.yaml. Until then the device goes on with the agent that it has.',
    next: 'wait-commit',
  },
  AGENT_PART_DIFFERS: {
    cause:
      'A file that was brought for an agent is not the one that trust/agents lists: its length or its SHA-256 is another. Nothing of it was kept.',
    remedy:
      'Bring the very folder whose trust/agents/VERSION.yaml root has signed: built anew from another commit it is another one.',
    next: 'person',
    httpStatus: 409,
  },
  AGENT_FOLDER_UNUSABLE: {
    cause:
      'The folder of packages has no towline-agent_VERSION.yaml, more than one, or lacks a file that it names.',
    remedy:
      'Name the folder that `npm run package` has written (dist/packages), or a release unpacked whole.',
    next: 'person',
  },
  AGENT_VERSION_TAKEN: {
    cause: 'trust/agents lists this version already, with other hashes: a version is one thing for ever.',
    remedy:
      'Give what you have built another version. Devices that run the listed one would be told to replace it.',
    next: 'person',
  },
  GATEWAY_AGENT_UNLISTED: {
    cause: 'A file was asked for, or brought, that no trust/agents/VERSION.yaml of trusted main lists.',
    remedy: 'Have root list the version first (`towline agents add`), and push that.',
    next: 'wait-commit',
    httpStatus: 404,
  },
  GATEWAY_AGENT_MISSING: {
    cause: 'Root has listed the file, and nobody has brought it to this gateway yet.',
    remedy:
      '`towline agents push FOLDER`, or at the gateway’s machine `towline gateway agents FOLDER`. Devices ask again by themselves.',
    next: 'retry',
    httpStatus: 404,
  },
  GATEWAY_AGENT_FORBIDDEN: {
    cause: 'Who may not push to main brings no agent either.',
    remedy: 'Ask somebody whose operator file says `git: {fleet: write}`.',
    next: 'person',
    httpStatus: 403,
  },
});
