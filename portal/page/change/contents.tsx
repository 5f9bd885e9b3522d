/** What a change does: to files, and at devices. */
import type { Proposal } from '../api/answers.ts';
import { deviceAddress } from '../part/address.ts';
import { Difference, Listing } from '../part/listing.tsx';
import { say } from '../words/say.ts';

export function ChangeFiles({ files }: { readonly files: Proposal['files'] }) {
  return (
    <section class="card" aria-labelledby="files">
      <h2 id="files">{say('change.files')}</h2>
      {files.map(({ path, diff }) => (
        <details key={path} class="file" open>
          <summary>
            <code>{path}</code>
          </summary>
          <Difference text={diff} label={path} />
        </details>
      ))}
    </section>
  );
}

/** Plans that are open at once. */
const openPlans = 3;

export function ChangePlans({ devices }: { readonly devices: Proposal['devices'] }) {
  const { count, plans } = devices;
  return (
    <section class="card" aria-labelledby="plans">
      <h2 id="plans">{count === 0 ? say('change.plans.none') : say('change.plans', { count })}</h2>
      {plans.map(({ device, lines }, index) => (
        <details key={device} class="file" open={index < openPlans}>
          <summary>{device}</summary>
          <p class="small">
            <a href={deviceAddress(device)}>{say('change.device', { device })}</a>
          </p>
          <Listing text={lines.join('\n')} label={device} wrapped />
        </details>
      ))}
    </section>
  );
}
