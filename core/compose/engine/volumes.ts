/** Volumes that a project makes. Source: moby, volume/local. */
import { printable } from '../value/fault.ts';
import type { ProjectRule } from './rule.ts';

const localOptions = ['type', 'o', 'device', 'size'];
const size = /^\d+(\.\d+)? ?[kmgtp]?(i?b)?$/i;

/** Why the local driver makes no volume of these options, and of which one; undefined: it does. */
function wrongOption(options: Readonly<Record<string, string>>): { option: string; why: string } | undefined {
  const odd = Object.keys(options).find(option => !localOptions.includes(option));
  if (odd !== undefined)
    return { option: odd, why: 'is no option of local volumes: `type`, `device`, `o` and `size` are' };
  for (const option of ['type', 'device', 'o']) {
    const missing = ['type', 'device'].find(needed => !(needed in options));
    if (option in options && missing !== undefined) return { option, why: `needs \`${missing}\` beside it` };
  }
  if (options.size !== undefined && !size.test(options.size))
    return { option: 'size', why: 'must be a size such as `10m`' };
  return undefined;
}

export const volumes: ProjectRule = ({ model, refuse }) => {
  for (const [key, volume] of Object.entries(model.volumes ?? {})) {
    if (volume === null || volume.external === true) continue;
    const { name = '', driver = '', driver_opts: options = {} } = volume;
    if (driver !== '' && driver !== 'local') continue;
    if (name.length === 1)
      refuse(
        ['volumes', key, 'name'],
        `\`${printable(name)}\` is too short: a name has two characters or more`,
      );
    const wrong = wrongOption(options);
    if (wrong === undefined) continue;
    refuse(['volumes', key, 'driver_opts', wrong.option], `\`${printable(wrong.option)}\` ${wrong.why}`);
  }
};
