/** `node agent/main.ts --config FILE [--once] [--json]`: the agent of one device. */
import { parseArgs } from 'node:util';
import { runAgent } from './run-agent.ts';

const usage = `usage: towline agent [--config FILE] [--once] [--json]

  --config FILE  agent.yaml; /etc/towline/agent.yaml unless said otherwise
  --once         one pass, then exit: 0 done, 3 stopped before the head, 4 rolled back,
                 5 degraded or failed, 6 gateway not reachable, 2 usage or configuration
  --json         with --once: how the pass went, on standard output

SIGHUP reads the configuration again; SIGTERM ends a pass cleanly.`;

try {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: '/etc/towline/agent.yaml' },
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(usage);
  else process.exitCode = await runAgent({ configFile: values.config, once: values.once, json: values.json });
} catch (error) {
  if (!(error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')))
    throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
