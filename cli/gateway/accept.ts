/** What `towline gateway accept` does: compares the gateway's fingerprint with the person at it and writes its keys into fleet.yaml. */
import path from 'node:path';
import { type Document, isAlias, isMap, isSeq } from 'yaml';
import { type GatewayKeys, gatewayFingerprint } from '../../core/enrolment/gateway-fingerprint.ts';
import { TowlineError } from '../../core/errors.ts';
import { isSameFingerprint } from '../../core/fingerprint.ts';
import { dialledAddress } from '../../core/fleet/address.ts';
import { standardTerminal } from '../command/terminal.ts';
import { editYaml } from '../desk/edit-yaml.ts';
import { openRepository } from '../desk/repository.ts';
import { askTerminal } from '../init/answers.ts';
import { shownKeys } from './shown-keys.ts';

export interface AcceptOptions {
  readonly address: string;
  readonly people?: string;
  /** Where `people` is not given. */
  readonly peoplePort: number;
  readonly fingerprint?: string;
  readonly repo: string;
  readonly json?: boolean;
}

/** What the template has until a gateway is there. */
const nobodysPin = `sha256:${'A'.repeat(43)}=`;

export async function accept(options: AcceptOptions, signal: AbortSignal): Promise<void> {
  const { workTree } = await openRepository(options.repo);
  if (workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', `${options.repo} is bare: no file can be written`);
  const devices = dialledAddress(options.address);
  if (devices === undefined) throw new TowlineError('CLI_USAGE', '--address is missing');
  const people = dialledAddress(options.people ?? '') ?? { host: devices.host, port: options.peoplePort };
  const keys = await shownKeys(devices, people, signal);
  const question = 'Fingerprint that `towline gateway init` shows on the gateway';
  const typed = options.fingerprint ?? (await askTerminal(question, '')) ?? '';
  if (typed === '') {
    const message =
      'type the fingerprint that the gateway shows, or pass --fingerprint; nothing is taken on first sight';
    throw new TowlineError('CLI_USAGE', message);
  }
  const fingerprint = gatewayFingerprint(keys);
  if (!isSameFingerprint(fingerprint, typed))
    throw new TowlineError('CLI_GATEWAY_FINGERPRINT', `${options.address} shows keys of another fingerprint`);
  await editYaml(path.join(workTree, 'fleet.yaml'), document => addKeys(document, options.address, keys));
  const terminal = standardTerminal();
  if (options.json === true)
    terminal.json({ address: options.address, file: 'fleet.yaml', fingerprint, ...keys });
  else
    terminal.line(
      `${terminal.colour('green', 'accepted')} ${options.address} (${fingerprint}): commit and push fleet.yaml`,
    );
}

/** Beside the keys that are there, so that old ones hold until they are taken out. */
export function addKeys(document: Document, address: string, { tlsPin, sshHostKey }: GatewayKeys): void {
  const gateways = document.get('gateways');
  const items: readonly unknown[] = isSeq(gateways) ? gateways.items : [];
  // A template's gateway, which matches nobody, becomes this one.
  const at = items.findIndex(item => isMap(item) && item.get('address') === address);
  const blank = items.findIndex(item => isMap(item) && isOnly(item.get('tlsPins'), nobodysPin));
  const index = at >= 0 ? at : blank >= 0 ? blank : items.length;
  const textsAt = (key: string): string[] => {
    const there = document.getIn(['gateways', index, key]);
    const value = isAlias(there) ? there.resolve(document) : there;
    return isSeq(value) ? value.items.map(item => String(item)).filter(text => text !== nobodysPin) : [];
  };
  const merged = (key: string, own: string) => [...new Set([...textsAt(key), own])];
  const [tlsPins, sshHostKeys] = [merged('tlsPins', tlsPin), merged('sshHostKeys', sshHostKey)];
  if (index === items.length) {
    document.addIn(['gateways'], document.createNode({ address, tlsPins, sshHostKeys }));
    return;
  }
  document.setIn(['gateways', index, 'address'], address);
  document.setIn(['gateways', index, 'tlsPins'], document.createNode(tlsPins));
  document.setIn(['gateways', index, 'sshHostKeys'], document.createNode(sshHostKeys));
}

const isOnly = (value: unknown, text: string): boolean =>
  isSeq(value) && value.items.length === 1 && String(value.items[0]) === text;
