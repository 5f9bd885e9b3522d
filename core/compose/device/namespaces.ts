/** Namespaces that a service shares with the host or with others. */
import { printable } from '../value/fault.ts';
import { isGiven } from '../value/json-access.ts';
import { type Judge, needs } from './finding.ts';

const serviceName = /^service:[a-zA-Z0-9._-]+$/;

/** @param harmless values besides none at all and a service of the same project */
function mode(...harmless: string[]): Judge {
  return ({ text, path, allowance }) => {
    const own = text === '' || harmless.includes(text) || serviceName.test(text);
    if (own || allowance.hostNamespaces === true) return [];
    return [needs(`\`${path.at(-1)}: ${printable(text)}\``, 'hostNamespaces')];
  };
}

/** `none`, `bridge`, `default`: what else stands here is a network or namespace by its name or path. */
export const networkMode = mode('none', 'bridge', 'default');
export const processMode = mode('private');
export const ipcMode = mode('private', 'shareable', 'none');
export const hostNameMode = mode();
export const userMode = mode();
export const cgroupMode = mode('private');

export const volumesFrom: Judge = ({ texts, allowance }) => {
  if (allowance.hostNamespaces === true) return [];
  return texts.flatMap((source, index) =>
    !source.startsWith('container:') && /^[a-zA-Z0-9._-]+(:r[ow])?$/.test(source)
      ? []
      : [needs(`\`${printable(source)}\``, 'hostNamespaces', [index])],
  );
};

export const externalLinks: Judge = ({ value, allowance }) =>
  isGiven(value) && allowance.hostNamespaces !== true ? [needs('`external_links`', 'hostNamespaces')] : [];
