/** Devices: files that are named, and requests that the engine meets by itself. */
import { printable } from '../value/fault.ts';
import { asObjects } from '../value/json-access.ts';
import type { DeviceModel, DeviceRequestModel } from '../value/model.ts';
import { type Judge, needs } from './finding.ts';
import { isDeviceAllowed } from './host-paths.ts';

export const deviceFiles: Judge = ({ value, allowance }) => {
  const devices: DeviceModel[] = asObjects(value);
  return devices.flatMap(({ source: file = '' }, index) => {
    if (isDeviceAllowed(file, allowance)) return [];
    // A name of the Container Device Interface stands for files, mounts and hooks that the device has set up.
    if (!file.startsWith('/')) {
      const what = `device \`${printable(file)}\``;
      return allowance.privileged === true ? [] : [needs(what, 'privileged', [index])];
    }
    return [needs(`device \`${printable(file)}\``, 'devices', [index])];
  });
};

const graphics = new Set('gpu nvidia compute compat32 graphics utility video display'.split(' '));

/** GPUs, by the driver that the engine has for them. */
export const deviceRequests: Judge = ({ value, allowance }) => {
  const allowed = (allowance.devices ?? []).some(file => /^\/dev(\/?$|\/(nvidia|dri))/.test(file));
  const requests: DeviceRequestModel[] = asObjects(value);
  return requests.flatMap(({ driver: name = '', capabilities = [] }, index) => {
    const plain = ['', 'nvidia'].includes(name) && capabilities.every(one => graphics.has(one));
    if (plain) return allowed ? [] : [needs('a device request', 'devices', [index])];
    if (allowance.privileged === true) return [];
    return [needs(`a device request of driver \`${printable(name)}\``, 'privileged', [index])];
  });
};
