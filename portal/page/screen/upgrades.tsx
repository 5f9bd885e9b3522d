/** For the person at the site: what their devices may take, what it needs, a bundle to carry there, or a request. */
import { useAnswer } from '../api/answer.ts';
import type { Upgrade, UpgradeOption, Upgrades as UpgradesAnswer } from '../api/answers.ts';
import { query } from '../api/client.ts';
import { assignRelease } from '../change/intents.ts';
import { ProposeButton } from '../change/propose.tsx';
import { BundleMaker } from '../fleet/bundle-maker.tsx';
import { Cautions } from '../fleet/cautions.tsx';
import { StatusTaker } from '../fleet/status-taker.tsx';
import { SupportFacts } from '../fleet/support.tsx';
import { appAddress, deviceAddress } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { CopyButton } from '../part/copied.tsx';
import { TextField } from '../part/field.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Pager } from '../part/pager.tsx';
import { place, refine } from '../route/place.ts';
import { say } from '../words/say.ts';

const pageRows = 50;

export default function Upgrades() {
  const { query: asked } = place.value;
  const device = asked.get('device') ?? undefined;
  const offset = Number(asked.get('offset') ?? 0) || 0;
  const answer = useAnswer<UpgradesAnswer>(`/upgrades${query({ device, offset, limit: pageRows })}`);
  return (
    <>
      <h1>{say('upgrades.title')}</h1>
      <form class="filters" onSubmit={event => event.preventDefault()}>
        <TextField
          label={say('sessions.device')}
          name="device"
          value={device ?? ''}
          onChange={value => refine({ device: value, offset: undefined })}
        />
      </form>
      <Loaded answer={answer}>
        {({ upgrades, total, support }) => (
          <>
            {upgrades.length === 0 ? <p class="quiet">{say('upgrades.none')}</p> : null}
            {upgrades.map(upgrade => (
              <UpgradeCard key={`${upgrade.device} ${upgrade.app}`} upgrade={upgrade} />
            ))}
            <Pager offset={offset} limit={pageRows} total={total} />
            <StatusTaker />
            {support === undefined ? null : <SupportFacts support={support} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function UpgradeCard({ upgrade }: { readonly upgrade: Upgrade }) {
  const { device, app, running, wanted, state, options } = upgrade;
  const nothing = say('upgrades.nothing');
  return (
    <article class="card" data-device={device}>
      <h2 class="line">
        <a href={deviceAddress(device)}>{device}</a>
        <a href={appAddress(app)}>{app}</a>
        {state === undefined ? null : <Badge state={state} />}
      </h2>
      <p>{say('upgrades.now', { wanted: wanted ?? nothing, running: running ?? nothing })}</p>
      {options.length === 0 ? <p class="quiet">{say('upgrades.newest')}</p> : null}
      {options.map((option, index) => (
        <Option key={option.version} upgrade={upgrade} option={option} open={index === 0} />
      ))}
      {options.some(({ bundle }) => bundle) ? <BundleMaker device={device} /> : null}
    </article>
  );
}

interface OptionProperties {
  readonly upgrade: Upgrade;
  readonly option: UpgradeOption;
  readonly open: boolean;
}

function Option({ upgrade, option, open }: OptionProperties) {
  const { version, notes, requirements, request } = option;
  return (
    <details class="file" open={open}>
      <summary class="strong">{say('upgrades.release', { version })}</summary>
      <div class="stack">
        {notes === undefined ? null : <p class="notes">{notes}</p>}
        <Cautions {...option} />
        {requirements.length === 0 ? null : (
          <div class="stack tight">
            <h3>{say('upgrades.requirements')}</h3>
            <ul class="stack tight">
              {requirements.map(({ what, met, why }) => (
                <li key={what} class="line">
                  <Badge state={met} /> {what}
                  {why === undefined ? null : <span class="quiet small">{why}</span>}
                </li>
              ))}
            </ul>
          </div>
        )}
        <h3>{say('upgrades.ask')}</h3>
        <div class="line">
          <p class="notes small">{request}</p>
          <CopyButton text={request} what={say('copy.text')} />
        </div>
        <p>
          <ProposeButton
            {...assignRelease(upgrade.app, [version], upgrade.device)}
            label={say('upgrades.propose')}
          />
        </p>
      </div>
    </details>
  );
}
