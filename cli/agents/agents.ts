/** `towline agents`: versions of the agent, which root lists and devices run. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerAgentsAdd } from './add.ts';
import { registerAgentsChoose } from './choose.ts';
import { registerAgentsList } from './list.ts';
import { registerAgentsPush } from './push.ts';

export function registerAgents(agents: Command, stop: Stop): void {
  registerAgentsAdd(agents, stop);
  registerAgentsPush(agents, stop);
  registerAgentsChoose(agents, stop);
  registerAgentsList(agents, stop);
  agents.addHelpText(
    'after',
    examples([
      ['towline agents add towline-0.2.0', 'root lists what lies there'],
      ['towline agents push towline-0.2.0', 'its bytes go to the gateway'],
      ['towline agents choose 0.2.0 --group canary', 'devices of the group take it'],
      [
        'towline rollout start _agent 0.2.0 --from 0.1.0 --stages canary:group=canary:1d,all',
        'the others take it, stage by stage',
      ],
      ['towline agents list', 'who runs what'],
    ]),
  );
}
