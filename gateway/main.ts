/** `node gateway/main.ts --config gateway.yaml`: runs the gateway until SIGTERM or SIGINT. */
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { config: { type: 'string' }, 'git-helper': { type: 'string' }, help: { type: 'boolean' } },
});

// The helper that starts git is this same program, small: it loads nothing of the gateway.
if (values['git-helper'] !== undefined) {
  const { runSpawnHelper } = await import('./git/spawn-helper.ts');
  runSpawnHelper(values['git-helper']);
} else if (values.help === true) {
  console.log('usage: gateway --config FILE\n\nSIGHUP reads keys and fleet anew; SIGTERM drains and ends.');
} else {
  const { runGateway } = await import('./run-gateway.ts');
  // What a start that failed half-way has opened must not keep the process: a supervisor would think it is up.
  process.exit(await runGateway(values.config ?? '/etc/towline/gateway.yaml'));
}
