/** lab.yaml as a person writes it, or what `--devices` means. */
import { formatProblem, TowlineError } from '../../core/errors.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import type { LabFile } from '../../schemas/types.generated.ts';

const maxFileBytes = 256 * 1024;
export const defaultName = 'lab';
/** So many devices stand at one site where nobody said where. */
const devicesOfASite = 4;
const mostDevices = 64;

/** @throws TowlineError CLI_USAGE where the file cannot be read, or with every problem of it */
export async function readLabFile(file: string): Promise<LabFile> {
  const bytes = await readBounded(file, maxFileBytes).catch((cause: unknown) => {
    throw new TowlineError('CLI_USAGE', `${file} cannot be read`, { cause });
  });
  if (bytes === undefined) throw new TowlineError('CLI_USAGE', `there is no ${file}`);
  return parseLabFile(file, bytes);
}

/** @param path for messages. @throws TowlineError CLI_USAGE with every problem */
export function parseLabFile(path: string, bytes: Uint8Array): LabFile {
  const { file, problems } = readFleetFile('lab', path, bytes);
  if (file === undefined) throw new TowlineError('CLI_USAGE', problems.map(formatProblem).join('\n'));
  return file.value;
}

/** Sites north, east, south, west of up to four devices each, more where there are more. @throws TowlineError CLI_USAGE */
export function labOfDevices(count: number): LabFile {
  if (!Number.isInteger(count) || count < 1 || count > mostDevices)
    throw new TowlineError('CLI_USAGE', `a lab has 1 to ${mostDevices} devices`);
  const names = ['north', 'east', 'south', 'west'];
  const sites: LabFile['sites'] = {};
  const places = Math.ceil(count / devicesOfASite);
  for (let place = 0; place < places; place++) {
    const round = Math.floor(place / names.length);
    const name = `${names[place % names.length]}${round === 0 ? '' : round + 1}`;
    sites[name] = { devices: Math.min(devicesOfASite, count - place * devicesOfASite) };
  }
  return { apiVersion: 'towline/v1', sites };
}
