/** Names under which the engine is asked for things: where one is no plain name, the engine takes it for something else. */
import { printable } from '../value/fault.ts';
import { type Judge, needs } from './finding.ts';

const plainName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** No key allows another one. */
export const plainNameOnly: Judge = ({ text: name }) => {
  if (name === '' || plainName.test(name)) return [];
  const message = `\`${printable(name)}\` is no name: letters, digits, \`_\`, \`.\` and \`-\` are`;
  return [{ code: 'COMPOSE_POLICY_REFUSED', message }];
};

/** A folder within a volume or image; engines that know the attribute keep links within it. */
export const subpath: Judge = ({ text: path }) => {
  if (!path.startsWith('/') && !path.split('/').includes('..')) return [];
  const message = `\`${printable(path)}\` is no path within the volume`;
  return [{ code: 'COMPOSE_POLICY_REFUSED', message }];
};

/** The engine's own networks bear names that are modes of a container. */
export const networkName: Judge = subject => {
  const { text, entry, allowance } = subject;
  if (text === 'host') {
    return allowance.hostNamespaces === true ? [] : [needs('the network of the host', 'hostNamespaces')];
  }
  const taken = ['none', 'bridge', 'default'].includes(text) && entry.external !== true;
  if (!taken) return plainNameOnly(subject);
  return [{ code: 'COMPOSE_POLICY_REFUSED', message: `\`${text}\` is a network of the engine itself` }];
};
