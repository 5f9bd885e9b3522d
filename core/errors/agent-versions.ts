import { defineErrors } from './definition.ts';

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
