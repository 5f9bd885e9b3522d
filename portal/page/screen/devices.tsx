/** The fleet, whole. */
import { FleetList } from '../fleet/list.tsx';
import { LiveSign } from '../frame/frame.tsx';
import { say } from '../words/say.ts';

export default function Devices() {
  return (
    <>
      <div class="spread">
        <h1>{say('devices.title')}</h1>
        <LiveSign />
      </div>
      <FleetList />
    </>
  );
}
