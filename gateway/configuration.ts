/** Reads gateway.yaml from the disk. */
import { formatProblem, TowlineError } from '../core/errors.ts';
import { readFleetFile } from '../core/fleet/read-file.ts';
import { readBounded } from '../core/io/file/durable-file.ts';
import { type GatewaySettings, gatewaySettings } from './settings.ts';

const maxBytes = 64 * 1024;

/** @throws TowlineError GATEWAY_CONFIG_INVALID with every problem of the file. */
export async function readConfiguration(path: string): Promise<GatewaySettings> {
  const bytes = await readBounded(path, maxBytes).catch((cause: unknown) => {
    throw new TowlineError('GATEWAY_CONFIG_INVALID', `${path} cannot be read`, { cause });
  });
  if (bytes === undefined) throw new TowlineError('GATEWAY_CONFIG_INVALID', `there is no ${path}`);
  const { file, problems } = readFleetFile('gateway', path, bytes);
  if (file === undefined || problems.length > 0) {
    throw new TowlineError('GATEWAY_CONFIG_INVALID', problems.map(formatProblem).join('\n'));
  }
  return gatewaySettings(file.value);
}
