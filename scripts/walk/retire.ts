/** docs/guides/retire.md: a device leaves the fleet, and its machine. */
import type { Day } from './days.ts';
import { says } from './days.ts';
import { Page } from './page.ts';
import { telemetryUrl } from './real-machines.ts';

const guide = new Page('docs/guides/retire.md');
const pages = {
  say: guide.block('At your desk', 'towline device retire'),
  look: guide.block('At your desk', 'towline status'),
  off: guide.block('At the device', '--uninstall'),
};

export async function retire({ alice, installer }: Day): Promise<void> {
  await alice.does(`git config towline.telemetry ${telemetryUrl}`);
  // The tunnel was opened beside this clone.
  await alice.does('git pull --quiet --rebase');
  await alice.does(pages.say);
  // The verb has pushed it; status goes by the clone's main.
  await alice.does('git pull --quiet --rebase');
  await installer.types('towline agent now');
  await alice.until(says, /retired/);
  await installer.until('docker ps --all --quiet', /^\s*$/);
  await alice.until(pages.look.text, /left the fleet/);
  await installer.does(pages.off);
  const left = await installer.types('systemctl cat towline-agent');
  if (left.code === 0) throw new Error('the unit is still there');
}
