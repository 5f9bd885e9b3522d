/** `node gateway/main.ts --config gateway.yaml`: runs the gateway until SIGTERM or SIGINT. */

import { parseArgs } from 'node:util';
import { messageOf } from '../core/errors/cause.ts';

const defaultConfig = '/etc/towline/gateway.yaml';

const usage = `usage: towline gateway [--config FILE]
       towline gateway doctor [--config FILE] [--json] [--bundle FILE]

  --config FILE  gateway.yaml; /etc/towline/gateway.yaml unless said otherwise

SIGHUP reads keys and fleet anew; SIGTERM drains and ends.`;

function readOptions() {
  const options = {
    config: { type: 'string' },
    'git-helper': { type: 'string' },
    'main-door': { type: 'boolean' },
    json: { type: 'boolean' },
    bundle: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const isDoctor = positionals.length === 1 && positionals[0] === 'doctor';
    if (!isDoctor && (values.json !== undefined || values.bundle !== undefined))
      throw new Error('--json and --bundle belong to doctor');
    if (positionals.length > 0 && values['main-door'] !== true && !isDoctor)
      throw new Error(`unexpected argument ${positionals[0]}`);
    return { ...values, positionals };
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    return process.exit(2);
  }
}

const values = readOptions();

// The helper that starts git is this same program, small: it loads nothing of the gateway.
if (values['git-helper'] !== undefined) {
  const { runSpawnHelper } = await import('./git/spawn-helper.ts');
  runSpawnHelper(values['git-helper']);
} else if (values['main-door'] === true) {
  const { runMainDoor } = await import('./git/main-door-hook.ts');
  process.exitCode = await runMainDoor(values.positionals);
} else if (values.help === true) {
  console.log(usage);
} else if (values.positionals[0] === 'doctor') {
  const { runGatewayDoctor } = await import('./doctor/doctor.ts');
  const { readSettings } = await import('./settings.ts');
  const { readKeys } = await import('./state-directory.ts');
  const { config = defaultConfig, json = false, bundle } = values;
  process.exit(await runGatewayDoctor({ config, json, bundle, readKeys, readSettings }));
} else {
  const { runGateway } = await import('./run-gateway.ts');
  // What a start that failed half-way has opened must not keep the process: a supervisor would think it is up.
  process.exit(await runGateway(values.config ?? defaultConfig));
}
