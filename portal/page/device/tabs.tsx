/** The parts of a device, as links. */
import type { Device } from '../api/answers.ts';
import { viewer } from '../frame/viewer.ts';
import { deviceAddress } from '../part/address.ts';
import { say } from '../words/say.ts';

const names = ['overview', 'plan', 'timeline', 'services', 'logs', 'metrics', 'values', 'terminal'] as const;

/** What of them a person is shown at all. */
const isShown = ({ reads, can }: Device, name: (typeof names)[number]): boolean => {
  // Both are made of the repository's files.
  if (name === 'plan' || name === 'values') return viewer.value?.readsRepository !== false;
  if (name === 'logs' || name === 'metrics') return reads && (name !== 'logs' || can.logs);
  return name !== 'terminal' || can.terminal;
};

export function DeviceTabs({ device, tab }: { readonly device: Device; readonly tab: string }) {
  return (
    <nav class="tabs" aria-label={say('device.tabs', { device: device.id })}>
      {names
        .filter(name => isShown(device, name))
        .map(name => (
          <a
            key={name}
            href={deviceAddress(device.id, name === 'overview' ? undefined : name)}
            aria-current={name === tab ? 'page' : undefined}
          >
            {say(`device.tab.${name}`)}
          </a>
        ))}
    </nav>
  );
}
