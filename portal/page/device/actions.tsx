/** What can be changed at a device: each is a commit, shown before anybody signs it. */
import type { Device } from '../api/answers.ts';
import {
  closeTunnel,
  openTunnel,
  pauseDevices,
  pinRelease,
  resumeDevices,
  unpin,
} from '../change/intents.ts';
import { ProposeButton } from '../change/propose.tsx';
import { say } from '../words/say.ts';

export function DeviceActions({ device }: { readonly device: Device }) {
  const apps = device.apps.map(({ app }) => app);
  const pausedApps = device.apps.filter(({ paused }) => paused).map(({ app }) => app);
  const isPaused = device.paused || pausedApps.length > 0;
  const pinned = device.apps.filter(({ pin }) => pin !== undefined);
  return (
    <section class="actions" aria-label={say('device.do')}>
      {device.paused ? null : <ProposeButton {...pauseDevices([device.id], apps, say('device.do.pause'))} />}
      {isPaused ? <ProposeButton {...resumeDevices([device.id], apps, say('device.do.resume'))} /> : null}
      {device.tunnel.wanted === 'open' ? (
        <ProposeButton {...closeTunnel(device.id)} />
      ) : (
        <ProposeButton {...openTunnel(device.id)} closed={noTunnel(device)} />
      )}
      {apps.length === 0 ? null : <ProposeButton {...pinRelease(device.id, apps)} />}
      {pinned.map(({ app }) => (
        <ProposeButton
          key={app}
          {...unpin(device.id, app)}
          label={pinned.length === 1 ? say('device.do.unpin') : `${say('device.do.unpin')} ${app}`}
        />
      ))}
    </section>
  );
}

/** A device is called by its keys: one without them has no tunnel. */
const noTunnel = ({ keys, revoked }: Device): string | undefined => {
  if (revoked) return say('device.do.revoked');
  return keys === undefined ? say('device.do.no-keys') : undefined;
};
