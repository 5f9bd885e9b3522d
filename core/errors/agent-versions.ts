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
});
