/** Options that name a place in a network, read before anything is written. */
import { TowlineError } from '../../core/errors.ts';
import { dialledAddress, isRegistryPlace, listenAddress } from '../../core/fleet/address.ts';

type Reader = (text: string) => string;

const reader =
  (option: string, isOne: (text: string) => boolean, form: string): Reader =>
  text => {
    if (isOne(text)) return text;
    throw new TowlineError('CLI_USAGE', `${option} ${text} must be ${form}`);
  };

/** Where others dial it. */
export const dialledOption = (option: string): Reader =>
  reader(option, text => dialledAddress(text) !== undefined, 'host:port, with a port from 1 to 65535');

/** Where a program listens. */
export const listenOption = (option: string): Reader =>
  reader(option, text => listenAddress(text) !== undefined, 'host:port, with a port from 0 to 65535');

export const registryOption = (option: string): Reader =>
  reader(option, isRegistryPlace, 'a host, with a port from 1 to 65535 if it needs one');
