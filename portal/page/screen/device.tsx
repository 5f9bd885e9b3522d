/** One device: what it is to have, what it runs, why. Its parts are tabs, each with an address. */
import type { ComponentType } from 'preact';
import { useAnswer, useLive } from '../api/answer.ts';
import type { Device as DeviceAnswer } from '../api/answers.ts';
import { DeviceActions } from '../device/actions.tsx';
import { Logs } from '../device/logs.tsx';
import { Metrics } from '../device/metrics.tsx';
import { DeviceOverview } from '../device/overview.tsx';
import { Plan } from '../device/plan.tsx';
import { Services } from '../device/services.tsx';
import { DeviceTabs } from '../device/tabs.tsx';
import { Timeline } from '../device/timeline.tsx';
import { Values } from '../device/values.tsx';
import { LiveSign } from '../frame/frame.tsx';
import { deviceAddress, pathPart } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { Loaded } from '../part/loaded.tsx';
import { NotThere } from '../part/trouble.tsx';
import type { ScreenProperties } from '../route/routes.ts';

export interface DeviceTab {
  readonly device: DeviceAnswer;
}

const tabs: Readonly<Record<string, ComponentType<DeviceTab>>> = {
  overview: DeviceOverview,
  plan: Plan,
  timeline: Timeline,
  services: Services,
  logs: Logs,
  metrics: Metrics,
  values: Values,
};

export default function Device({ parts }: ScreenProperties) {
  const { device: id = '', tab = 'overview' } = parts;
  const answer = useAnswer<DeviceAnswer>(`/devices/${pathPart(id)}`);
  useLive(`/live?device=${pathPart(id)}`, ({ event }) => {
    if (event === 'device') answer.again();
  });
  const Tab = tabs[tab];
  return (
    <Loaded answer={answer} isScreen>
      {device => (
        <>
          <div class="head">
            <div class="spread">
              <h1 class="line">
                <a href={deviceAddress(id)} class="title">
                  {device.id}
                </a>
                <Badge state={device.revoked ? 'revoked' : device.standing} />
              </h1>
              <LiveSign />
            </div>
            <DeviceActions device={device} />
          </div>
          <DeviceTabs device={device} tab={tab} />
          {Tab === undefined ? <NotThere /> : <Tab device={device} />}
        </>
      )}
    </Loaded>
  );
}
