/** `node agent/main.ts --config FILE [--once] [--json]`: the agent of one device. */
import { parseArgs } from 'node:util';
import { isControlVerb, runControl } from './program/control-verb.ts';
import { failWith, runAgent } from './run-agent.ts';

const usage = `usage: towline agent [--config FILE] [--once] [--json]
       towline agent now | hold [--for 1h] | release [--config FILE]
       towline agent enroll TOKEN|- [--token-file FILE] [--config FILE] [--state-directory DIR]
                            [--engine-socket PATH] [--project-prefix PREFIX] [--proxy URL] [--no-wait]
       towline agent rotate-keys [--config FILE] [--no-wait]
       towline agent re-anchor TOKEN|-|COMMIT [--token-file FILE] [--config FILE]

  --config FILE  agent.yaml; /etc/towline/agent.yaml unless said otherwise
  --once         one pass, then exit: 0 done, 3 stopped before the head, 4 rolled back,
                 5 degraded, failed or stale, 6 gateway not reachable, 2 usage or configuration
  --json         with --once: how the pass went, on standard output

  now            look now, without waiting for a window or the next try; says how it ended
  hold           touch no project for so long (1h, at most 31d); release takes it back

SIGHUP reads the configuration again; SIGTERM ends a pass cleanly.`;

async function run(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  if (isControlVerb(verb)) {
    await runControl(verb, rest);
    return 0;
  }
  if (verb === 'enroll') {
    const { runEnroll } = await import('./program/enroll-verb.ts');
    return await runEnroll(rest);
  }
  if (verb === 'rotate-keys') {
    const { runRotateKeys } = await import('./program/rotate-keys-verb.ts');
    return await runRotateKeys(rest);
  }
  if (verb === 're-anchor') {
    const { runReAnchor } = await import('./program/re-anchor-verb.ts');
    await runReAnchor(rest);
    return 0;
  }
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string', default: '/etc/towline/agent.yaml' },
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  return runAgent({ configFile: values.config, once: values.once, json: values.json });
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const isUsage =
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (isUsage) console.error(`${error.message}\n\n${usage}`);
  process.exitCode = isUsage ? 2 : failWith(error, process.argv.includes('--json'));
}
